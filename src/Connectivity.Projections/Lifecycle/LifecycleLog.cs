using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// The durable log of lifecycle events. What it acknowledges is in the thing's stream and in its record, together.
/// Callers share commits: what waits is stored together, and each caller is answered after its own.
/// </summary>
public sealed class LifecycleLog : IAsyncDisposable
{
    /// <summary>Connections on which events wait whose thing another transaction holds.</summary>
    private const int SideConnections = 4;

    private readonly NpgsqlDataSource _dataSource;
    private readonly CommitLane[] _lanes;

    /// <param name="connectionString">Contains a secret; must not be logged.</param>
    public LifecycleLog(IDocumentStore store, string connectionString, WriteAvailability writes)
    {
        // More writers than cores only wait for each other.
        var lanes = Math.Clamp(Environment.ProcessorCount, 2, 8);
        _dataSource = ConnectivityDataSource.CreateForIngest(connectionString, lanes + SideConnections);
        var commit = new SharedCommit(new IngestTransaction(
            store, _dataSource, account => Appended?.Invoke(account)), writes);
        var side = new SideLane(commit, SideConnections);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new CommitLane(commit, side))];
    }

    /// <summary>Raised after each commit that appended events to streams of the account.</summary>
    public event Action<Account>? Appended;

    /// <summary>
    /// Decides on each event, and stores those that are to be stored with their records. Returns after the commits of
    /// all. Repeating it at any time is safe.
    /// </summary>
    /// <param name="waitsForLocks">
    /// Whether the answer waits for things that another transaction holds; else their events get no outcome.
    /// </param>
    /// <param name="cancellationToken">Ends the wait; the events may be stored nevertheless.</param>
    public Task<AppendResult> AppendAsync(
        Account account, IReadOnlyList<SubmittedEvent> events, bool waitsForLocks,
        CancellationToken cancellationToken)
    {
        if (events.Count == 0) return Task.FromResult(new AppendResult([], null));
        var call = new AppendCall(account, events, waitsForLocks);
        for (var i = 0; i < events.Count; i++)
        {
            var waiting = new WaitingEvent(call, i);
            LaneOf(waiting.Client).Add(waiting);
        }

        foreach (var lane in _lanes) lane.Start();
        return call.Completion.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();

    private CommitLane LaneOf(ClientKey client) => _lanes[(uint)client.GetHashCode() % (uint)_lanes.Length];
}
