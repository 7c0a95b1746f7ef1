using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Reporting;

/// <summary>
/// The lifecycle events that the sink has not accepted yet, in the order of their occurrence: the older ones on disk,
/// where the pump has written them, the newer ones in memory. Adding never waits, so that no device does. When memory
/// is full the oldest event is lost, because the newer ones describe the current state. Only one thread at a time may
/// read.
/// </summary>
/// <remarks>
/// Longer than other files because the order of events between memory and disk, and their loss, are decided together.
/// </remarks>
/// <param name="capacity">Events in memory.</param>
/// <param name="open">Opens the spill on disk; null if there is none.</param>
internal sealed class EventQueue(int capacity, ILogger logger, Func<EventSpill>? open = null)
{
    private const int BatchSize = 500;

    private readonly Lock _lock = new();
    private Queue<PendingEvent> _memory = new();
    private TaskCompletionSource? _change;
    private bool _complete;
    private long _lost;

    private volatile EventSpill? _spill;
    private bool _spillFails;

    private List<PendingEvent> _inFlight = [];
    private bool _inFlightIsOnDisk;

    /// <summary>Events lost since the start.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    /// <summary>Events in memory, those in flight not counted.</summary>
    public int InMemory
    {
        get
        {
            lock (_lock) return _memory.Count;
        }
    }

    /// <summary>Whether nothing that a previous host left on disk waits; false until that was looked at.</summary>
    public bool PreviousEventsStored => open is null || _spill is { HasPrevious: false };

    /// <summary>Bytes on disk.</summary>
    public long BytesOnDisk => _spill?.Bytes ?? 0;

    public PendingEvent Add(LifecycleEvent lifecycleEvent, Backdating backdating)
    {
        var pending = new PendingEvent(lifecycleEvent, backdating);
        PendingEvent? lost = null;
        lock (_lock)
        {
            if (_complete) lost = pending;
            else _memory.Enqueue(pending);
            if (_memory.Count > capacity) lost = _memory.Dequeue();
            _change?.TrySetResult();
        }

        if (lost is not null) Lose([lost]);
        return pending;
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
    /// The oldest events of one <see cref="Backdating"/>, up to a batch, which are in flight from now on; the same
    /// events again until <see cref="TryAcknowledge"/>. Waits while there are none; returns an empty list once the queue
    /// is complete and empty.
    /// </summary>
    public async Task<IReadOnlyList<PendingEvent>> NextAsync(CancellationToken cancellationToken)
    {
        while (_inFlight.Count == 0)
        {
            if (OpenSpill() is { IsEmpty: false } spill) TakeFrom(spill);
            else if (!TakeFromMemory(_inFlight, ofOneKind: true))
            {
                Task change;
                lock (_lock)
                {
                    if (_memory.Count > 0) continue;
                    if (_complete) return [];
                    _change = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    change = _change.Task;
                }

                await change.WaitAsync(cancellationToken);
            }
        }

        return _inFlight;
    }

    /// <summary>
    /// The sink has accepted the events in flight, but for those that wait again. False where those can't wait again:
    /// then all stay in flight.
    /// </summary>
    public bool TryAcknowledge(IReadOnlyList<PendingEvent> postponed)
    {
        if (postponed.Count > 0 && _inFlightIsOnDisk
            && (postponed[0].FromPreviousHost || !TryWrite(_spill!, [.. postponed], inFlight: false))) return false;
        if (_inFlightIsOnDisk) _spill!.Acknowledge();
        else if (postponed.Count > 0) PutBack([.. postponed]);
        foreach (var pending in _inFlight.Except(postponed)) pending.Complete();
        (_inFlight, _inFlightIsOnDisk) = ([], false);
        return true;
    }

    /// <summary>
    /// Writes all events to disk that are not there yet. If the disk can't be written they stay in memory, and the
    /// first failure is logged.
    /// </summary>
    public void Spill()
    {
        if (OpenSpill() is not { } spill) return;
        if (_inFlight.Count > 0 && !_inFlightIsOnDisk)
        {
            _inFlightIsOnDisk = TryWrite(spill, _inFlight, inFlight: true);
            if (!_inFlightIsOnDisk) return;
        }

        for (List<PendingEvent> events = []; TakeFromMemory(events, ofOneKind: false); events.Clear())
        {
            if (TryWrite(spill, events, inFlight: false)) continue;
            PutBack(events);
            return;
        }
    }

    /// <summary>
    /// Writes the remaining events to disk, for the next host. Events that can't be written are lost.
    /// </summary>
    public void End()
    {
        if (_inFlight.Count > 0 || InMemory > 0)
        {
            Spill();
            if (!_inFlightIsOnDisk) Lose(_inFlight);
            for (List<PendingEvent> events = []; TakeFromMemory(events, ofOneKind: false); events.Clear()) Lose(events);
            logger.StoppedWithUndelivered(Lost, BytesOnDisk);
        }
        else if (BytesOnDisk > 0) logger.StoppedWithUndelivered(Lost, BytesOnDisk);

        _spill?.Dispose();
    }

    private EventSpill? OpenSpill()
    {
        if (_spill is not null || open is null) return _spill;
        try
        {
            return _spill = open();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogOnce(exception);
            return null;
        }
    }

    private void TakeFrom(EventSpill spill)
    {
        // Also while the disk is being drained, so that new events do not accumulate in memory.
        if (InMemory >= BatchSize) Spill();
        try
        {
            _inFlight = spill.Take(BatchSize, out var unreadable);
            _inFlightIsOnDisk = _inFlight.Count > 0;
            if (unreadable > 0) Lose(unreadable);
        }
        catch (IOException exception)
        {
            logger.SpillUnreadable(exception.GetType().Name);
            spill.Skip();
        }
    }

    private bool TryWrite(EventSpill spill, List<PendingEvent> events, bool inFlight)
    {
        try
        {
            Lose(spill.Append(events, inFlight));
            foreach (var pending in events) pending.Complete();
            _spillFails = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            LogOnce(exception);
            return false;
        }
    }

    private bool TakeFromMemory(List<PendingEvent> events, bool ofOneKind)
    {
        lock (_lock)
        {
            while (events.Count < BatchSize && _memory.TryPeek(out var next)
                && (!ofOneKind || events.Count == 0 || events[0].Backdating == next.Backdating))
                events.Add(_memory.Dequeue());
        }

        return events.Count > 0;
    }

    private void PutBack(List<PendingEvent> events)
    {
        List<PendingEvent> lost = [];
        lock (_lock)
        {
            _memory = new Queue<PendingEvent>(events.Concat(_memory));
            while (_memory.Count > capacity) lost.Add(_memory.Dequeue());
        }

        Lose(lost);
    }

    private void Lose(List<PendingEvent> events)
    {
        Lose(events.Count);
        foreach (var pending in events) pending.Complete();
    }

    private void Lose(long count)
    {
        if (count == 0) return;
        var lost = Interlocked.Add(ref _lost, count);
        // Logs the first loss, and then every thousandth, so that the log does not fill the disk.
        if ((lost + 999) / 1000 != (lost - count + 999) / 1000) logger.EventsLost(lost);
    }

    private void LogOnce(Exception exception)
    {
        if (!_spillFails) logger.SpillFailed(exception.GetType().Name);
        _spillFails = true;
    }
}
