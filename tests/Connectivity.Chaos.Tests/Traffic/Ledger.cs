using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;

namespace Connectivity.Chaos.Tests.Traffic;

/// <summary>
/// All that the senders of a round know: what is pending, what was sent, and what was acknowledged. An event is sent
/// again until it is acknowledged, except for a few that their sender forgets; some are sent again although they were
/// acknowledged.
/// </summary>
public sealed class Ledger(Random random)
{
    /// <summary>How far out of order events are sent.</summary>
    private const int Window = 40;

    private readonly Lock _lock = new();
    private readonly List<Sent> _pending = [];
    private readonly List<Sent> _all = [];
    private readonly List<int> _refusals = [];
    private int _inFlight;
    private TaskCompletionSource<long> _nextAcknowledgement = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Every event that was ever added.</summary>
    public IReadOnlyList<Sent> All
    {
        get
        {
            lock (_lock) return [.. _all];
        }
    }

    public int Acknowledged { get; private set; }

    /// <summary>The statuses of answers that acknowledged nothing.</summary>
    public IReadOnlyList<int> Refusals
    {
        get
        {
            lock (_lock) return [.. _refusals];
        }
    }

    /// <summary>Answers with 500, which no injected fault may cause.</summary>
    public List<string> InternalErrors { get; } = [];

    /// <summary>Nothing is in flight or pending: each event is acknowledged, or forgotten by its sender.</summary>
    public bool IsDrained
    {
        get
        {
            lock (_lock) return _pending.Count == 0 && _inFlight == 0;
        }
    }

    public bool IsQuiet
    {
        get
        {
            lock (_lock) return _inFlight == 0;
        }
    }

    /// <summary>Completes with the time of the next acknowledgement of an event.</summary>
    public Task<long> NextAcknowledgement
    {
        get
        {
            lock (_lock) return _nextAcknowledgement.Task;
        }
    }

    /// <param name="copies">How often each is sent, even where the first is acknowledged.</param>
    public void Add(IEnumerable<Report> reports, int copies = 1)
    {
        lock (_lock)
            foreach (var report in reports)
            {
                var sent = new Sent(report);
                _all.Add(sent);
                for (var i = 0; i < copies; i++) _pending.Add(sent);
            }
    }

    /// <summary>
    /// Continues with a database that was restored from a backup. Answers about events that it does not hold are
    /// forgotten; all others must be confirmed. Every event becomes pending again, acknowledged or not, in any order
    /// and some twice.
    /// </summary>
    /// <param name="held">The events that the restored database holds. No request may be in flight.</param>
    public void Restored(IReadOnlySet<LifecycleEvent> held)
    {
        lock (_lock)
        {
            foreach (var sent in _all)
                if (!held.Contains(sent.Report.Event)) sent.Forget();
            Acknowledged = _all.Count(sent => sent.IsAcknowledged);
            _pending.Clear();
            _pending.AddRange(_all);
            _pending.AddRange(_all.Where(_ => random.Next(4) == 0));
            random.Shuffle(CollectionsMarshal.AsSpan(_pending));
        }
    }

    /// <summary>Takes pending events for one request, out of order.</summary>
    public List<Sent> Take(int most)
    {
        lock (_lock)
        {
            var batch = new List<Sent>();
            while (batch.Count < most && _pending.Count > 0)
            {
                var at = random.Next(Math.Min(Window, _pending.Count));
                batch.Add(_pending[at]);
                _pending.RemoveAt(at);
            }

            // One request may contain an event twice.
            if (batch.Count > 0 && random.Next(10) == 0) batch.Add(batch[0]);
            var now = Stopwatch.GetTimestamp();
            foreach (var sent in batch)
            {
                if (sent.Attempts++ == 0) sent.FirstSentAt = now;
                sent.LastSentAt = now;
            }

            if (batch.Count > 0) _inFlight++;
            return batch;
        }
    }

    public void Answered(List<Sent> batch, IReadOnlyList<HostClient.EventResult> results, long sentAt)
    {
        lock (_lock)
        {
            _inFlight--;
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < batch.Count; i++)
            {
                var answer = new Answer(results[i], sentAt, now);
                if (answer.IsStored && !batch[i].IsAcknowledged) Acknowledged++;
                batch[i].Answers.Add(answer);
                if (random.Next(12) == 0) _pending.Add(batch[i]);
            }

            if (!results.Any(item => item.Outcome is "accepted" or "late" or "duplicate")) return;
            var next = _nextAcknowledgement;
            _nextAcknowledgement = new(TaskCreationOptions.RunContinuationsAsynchronously);
            next.SetResult(now);
        }
    }

    public void Unanswered(List<Sent> batch, Exception exception)
    {
        lock (_lock)
        {
            _inFlight--;
            if (exception is HttpRequestException { StatusCode: { } status }) _refusals.Add((int)status);
            if (exception is HttpRequestException { StatusCode: HttpStatusCode.InternalServerError }
                && InternalErrors.Count < 10)
                InternalErrors.Add(exception.Message);
            foreach (var sent in batch.Distinct())
                if (sent.IsAcknowledged || random.Next(8) > 0) _pending.Add(sent);
        }
    }
}
