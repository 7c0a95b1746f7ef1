using System.Diagnostics;
using Connectivity.Domain;
using Connectivity.Projections.Database;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// Commits the events of some clients, one transaction after another: what waits while a commit is under way shares the
/// next one, up to a batch of one account. Accounts take turns. All events of a client use the same lane, so that two
/// commits of a host never meet on a thing or a session.
/// </summary>
internal sealed class CommitLane(SharedCommit commit, SideLane side)
{
    /// <summary>Events of one transaction.</summary>
    public const int BatchSize = 500;

    /// <summary>Events that may wait.</summary>
    private const int Capacity = 50_000;

    /// <summary>Shorter than the wait of a change of indexing for its lock.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(5);

    /// <summary>How long events wait for a generation that is held exclusively.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(DatabaseLimits.Command);

    private readonly Lock _lock = new();
    private readonly Dictionary<Account, Queue<WaitingEvent>> _queues = [];
    private readonly Queue<Account> _turns = new();
    private readonly Dictionary<Account, long> _heldSince = [];
    private int _waiting;
    private bool _runs;

    public void Add(WaitingEvent waiting)
    {
        lock (_lock)
        {
            if (_waiting < Capacity)
            {
                QueueOf(waiting.Call.Account).Enqueue(waiting);
                _waiting++;
                return;
            }
        }

        waiting.Fail(new DatabaseBusyException());
    }

    /// <summary>Begins to commit what was added, unless it does already.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_runs || _waiting == 0) return;
            _runs = true;
        }

        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        var batch = new List<WaitingEvent>(BatchSize);
        while (Take(batch) is { } account)
        {
            if (batch.Count > 0) await CommitAsync(account, batch);
            batch.Clear();
        }
    }

    /// <summary>Takes the events of the account whose turn it is; null if there are none, and the lane rests.</summary>
    private Account? Take(List<WaitingEvent> batch)
    {
        lock (_lock)
        {
            if (!_turns.TryDequeue(out var account))
            {
                _runs = false;
                return null;
            }

            var queue = _queues[account];
            while (batch.Count < BatchSize && queue.TryDequeue(out var waiting))
            {
                _waiting--;
                // Behind the earlier events of its client.
                if (side.Holds(waiting.Client)) side.Add(waiting);
                else batch.Add(waiting);
            }

            if (queue.Count > 0) _turns.Enqueue(account);
            else _queues.Remove(account);
            return account;
        }
    }

    private async Task CommitAsync(Account account, List<WaitingEvent> batch)
    {
        try
        {
            var outcomes = await commit.StoreAsync(
                account, batch.ConvertAll(waiting => waiting.Submitted), waits: false);
            if (outcomes is null)
            {
                await ReturnAsync(account, batch);
                return;
            }

            _heldSince.Remove(account);
            for (var i = 0; i < batch.Count; i++)
            {
                if (outcomes[i] is { } outcome) batch[i].Answer(outcome);
                else side.Add(batch[i]);
            }
        }
        catch (Exception error)
        {
            foreach (var waiting in batch) waiting.Fail(error);
        }
    }

    /// <summary>The generation is held exclusively: other accounts go first.</summary>
    private async Task ReturnAsync(Account account, List<WaitingEvent> batch)
    {
        _heldSince.TryAdd(account, Stopwatch.GetTimestamp());
        if (Stopwatch.GetElapsedTime(_heldSince[account]) > Timeout)
        {
            _heldSince.Remove(account);
            throw new DatabaseBusyException();
        }

        bool othersWait;
        lock (_lock)
        {
            var queue = QueueOf(account);
            var later = queue.ToArray();
            queue.Clear();
            foreach (var waiting in batch.Concat(later)) queue.Enqueue(waiting);
            _waiting += batch.Count;
            othersWait = _turns.Count > 1;
        }

        if (!othersWait) await Task.Delay(RetryDelay);
    }

    /// <summary>The queue of the account, which has its turn.</summary>
    private Queue<WaitingEvent> QueueOf(Account account)
    {
        if (_queues.TryGetValue(account, out var queue)) return queue;
        _turns.Enqueue(account);
        return _queues[account] = new Queue<WaitingEvent>();
    }
}
