using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// The lifecycle events that the sink has not taken yet, in the order they happened: the older ones on disk, where the pump has
/// put them, the newer ones in memory. Adding never waits, so that no device does. When memory is full its oldest event is lost: the newer ones
/// tell what is true now. Whoever takes is one thread at a time.
/// </summary>
/// <remarks>Longer than other files because it is the one place where events pass from memory to the disk, in their order, or are lost.</remarks>
/// <param name="capacity">Events in memory.</param>
/// <param name="openSpill">Opens what is on disk; null where nothing is to be.</param>
internal sealed class ReportQueue(int capacity, ILogger logger, Func<ReportSpill>? openSpill = null)
{
    private const int BatchSize = 500;

    private readonly Lock _lock = new();
    private Queue<Report> _memory = new();
    private TaskCompletionSource? _change;
    private bool _complete;
    private long _lost;

    private volatile ReportSpill? _spill;
    private bool _spillFails;

    private List<Report> _underWay = [];
    private bool _underWayIsOnDisk;

    /// <summary>Events lost since the start.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Events in memory, those under way not counted.</summary>
    public int InMemory
    {
        get
        {
            lock (_lock) return _memory.Count;
        }
    }

    /// <summary>Bytes on disk.</summary>
    public long BytesOnDisk => _spill?.Bytes ?? 0;

    public Report Add(LifecycleEvent lifecycleEvent, Age age)
    {
        var report = new Report(lifecycleEvent, age);
        Report? lost = null;
        lock (_lock)
        {
            if (_complete) lost = report;
            else _memory.Enqueue(report);
            if (_memory.Count > capacity) lost = _memory.Dequeue();
            _change?.TrySetResult();
        }

        if (lost is not null) Lose([lost]);
        return report;
    }

    public void Complete()
    {
        lock (_lock)
        {
            _complete = true;
            _change?.TrySetResult();
        }
    }

    /// <summary>
    /// The oldest events of one <see cref="Age"/>, up to a batch, which are under way from now on: the same again until they are
    /// <see cref="HandedOver"/>. Waits while there are none; none once the queue is complete and empty.
    /// </summary>
    public async Task<IReadOnlyList<Report>> NextAsync(CancellationToken cancellationToken)
    {
        while (_underWay.Count == 0)
        {
            if (Spilled() is { IsEmpty: false } spill) TakeFrom(spill);
            else if (!TakeFromMemory(_underWay, ofOneAge: true))
            {
                Task change;
                lock (_lock)
                {
                    if (_memory.Count > 0) continue;
                    if (_complete) return [];
                    change = (_change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
                }

                await change.WaitAsync(cancellationToken);
            }
        }

        return _underWay;
    }

    /// <summary>The sink has taken what was under way.</summary>
    public void HandedOver()
    {
        if (_underWayIsOnDisk) _spill!.HandedOver();
        foreach (var report in _underWay) report.Leave();
        (_underWay, _underWayIsOnDisk) = ([], false);
    }

    /// <summary>
    /// Puts on disk all that is not there yet. What can't be written stays in memory; that is logged when it begins.
    /// </summary>
    public void Spill()
    {
        if (Spilled() is not { } spill) return;
        if (_underWay.Count > 0 && !_underWayIsOnDisk && !(_underWayIsOnDisk = TryWrite(spill, _underWay, underWay: true))) return;
        for (List<Report> reports = []; TakeFromMemory(reports, ofOneAge: false); reports.Clear())
        {
            if (TryWrite(spill, reports, underWay: false)) continue;
            PutBack(reports);
            return;
        }
    }

    /// <summary>
    /// Puts on disk what nobody takes any more, and leaves what is there to the next host. What can't be written is lost.
    /// </summary>
    public void End()
    {
        if (_underWay.Count > 0 || InMemory > 0)
        {
            Spill();
            if (!_underWayIsOnDisk) Lose(_underWay);
            for (List<Report> reports = []; TakeFromMemory(reports, ofOneAge: false); reports.Clear()) Lose(reports);
            logger.GaveUp(Lost, BytesOnDisk);
        }
        else if (BytesOnDisk > 0) logger.GaveUp(Lost, BytesOnDisk);

        _spill?.Dispose();
    }

    private ReportSpill? Spilled()
    {
        if (_spill is not null || openSpill is null) return _spill;
        try
        {
            return _spill = openSpill();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell(exception);
            return null;
        }
    }

    private void TakeFrom(ReportSpill spill)
    {
        // As the file empties, so that what comes meanwhile is not all in memory.
        if (InMemory >= BatchSize) Spill();
        try
        {
            _underWay = spill.Take(BatchSize, out var unreadable);
            _underWayIsOnDisk = _underWay.Count > 0;
            if (unreadable > 0) Lose(unreadable);
        }
        catch (IOException exception)
        {
            logger.SpillUnreadable(exception.GetType().Name);
            spill.PassOver();
        }
    }

    private bool TryWrite(ReportSpill spill, List<Report> reports, bool underWay)
    {
        try
        {
            Lose(spill.Append(reports, underWay));
            foreach (var report in reports) report.Leave();
            _spillFails = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Tell(exception);
            return false;
        }
    }

    private bool TakeFromMemory(List<Report> reports, bool ofOneAge)
    {
        lock (_lock)
        {
            while (reports.Count < BatchSize && _memory.TryPeek(out var next) && (!ofOneAge || reports.Count == 0 || reports[0].Age == next.Age))
                reports.Add(_memory.Dequeue());
        }

        return reports.Count > 0;
    }

    private void PutBack(List<Report> reports)
    {
        List<Report> lost = [];
        lock (_lock)
        {
            _memory = new Queue<Report>(reports.Concat(_memory));
            while (_memory.Count > capacity) lost.Add(_memory.Dequeue());
        }

        Lose(lost);
    }

    private void Lose(List<Report> reports)
    {
        Lose(reports.Count);
        foreach (var report in reports) report.Leave();
    }

    private void Lose(long count)
    {
        if (count == 0) return;
        var lost = Interlocked.Add(ref _lost, count);
        // Loud at once, and then once in a thousand: a log that fills the disk helps nobody.
        if ((lost + 999) / 1000 != (lost - count + 999) / 1000) logger.ReportsLost(lost);
    }

    private void Tell(Exception exception)
    {
        if (!_spillFails) logger.SpillFailed(exception.GetType().Name);
        _spillFails = true;
    }
}
