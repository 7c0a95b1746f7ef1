using Connectivity.Projections.Database;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// Where events wait whose thing or session another transaction holds, so that they delay nothing else: in order by
/// client, one client a transaction, on a few connections. What waits beyond the bounds is refused.
/// </summary>
internal sealed class SideLane(SharedCommit commit, int connections)
{
    /// <summary>Events of one client that may wait.</summary>
    private const int CapacityOfClient = 2_000;

    /// <summary>Events of all clients that may wait.</summary>
    private const int Capacity = 20_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<ClientKey, Queue<WaitingEvent>> _clients = [];
    private readonly Queue<ClientKey> _turns = new();
    private int _waiting;
    private int _running;

    /// <summary>Postpones the event instead, if its caller does not wait.</summary>
    public void Add(WaitingEvent waiting)
    {
        if (!waiting.Call.WaitsForLocks)
        {
            waiting.Postpone();
            return;
        }

        lock (_lock)
        {
            var isNew = !_clients.TryGetValue(waiting.Client, out var queue);
            if (_waiting < Capacity && (isNew || queue!.Count < CapacityOfClient))
            {
                if (isNew) _clients.Add(waiting.Client, queue = new Queue<WaitingEvent>());
                if (isNew) _turns.Enqueue(waiting.Client);
                queue!.Enqueue(waiting);
                _waiting++;
                Start();
                return;
            }
        }

        waiting.Fail(new DatabaseBusyException());
    }

    /// <summary>Whether earlier events of the client wait here.</summary>
    public bool Holds(ClientKey client)
    {
        lock (_lock) return _clients.ContainsKey(client);
    }

    private void Start()
    {
        if (_running == connections || _turns.Count == 0) return;
        _running++;
        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        while (Take() is var (client, batch))
        {
            try
            {
                var outcomes = await commit.StoreAsync(
                    client.Account, batch.ConvertAll(waiting => waiting.Submitted), waits: true);
                for (var i = 0; i < batch.Count; i++) batch[i].Answer(outcomes![i]!.Value);
            }
            catch (Exception error)
            {
                // Those behind them would wait for the same lock.
                foreach (var waiting in batch.Concat(TakeAll(client))) waiting.Fail(error);
            }

            Finish(client);
        }
    }

    /// <summary>
    /// Takes the events of a client that no other connection commits; null if there is none, and the connection rests.
    /// </summary>
    private (ClientKey Client, List<WaitingEvent> Batch)? Take()
    {
        lock (_lock)
        {
            if (_turns.TryDequeue(out var client)) return (client, TakeFrom(client, CommitLane.BatchSize));
            _running--;
            return null;
        }
    }

    private List<WaitingEvent> TakeAll(ClientKey client)
    {
        lock (_lock) return TakeFrom(client, CapacityOfClient);
    }

    private List<WaitingEvent> TakeFrom(ClientKey client, int maximum)
    {
        var batch = new List<WaitingEvent>();
        while (batch.Count < maximum && _clients[client].TryDequeue(out var waiting)) batch.Add(waiting);
        _waiting -= batch.Count;
        return batch;
    }

    private void Finish(ClientKey client)
    {
        lock (_lock)
        {
            if (_clients[client].Count > 0) _turns.Enqueue(client);
            else _clients.Remove(client);
        }
    }
}
