using System.Data;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Gateways;
using Connectivity.Projections.Sessions;
using Marten;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>One transaction of the log: lock, load, decide, append and commit, each once.</summary>
/// <param name="onAppended">Called after a commit that appended events.</param>
internal sealed class IngestTransaction(
    IDocumentStore store, NpgsqlDataSource dataSource, Action<Account> onAppended)
{
    /// <summary>
    /// Returns an outcome for each event, in order, after the commit; null for those whose thing or session another
    /// transaction holds. Returns null where the generation is held exclusively.
    /// </summary>
    /// <param name="waits">Waits for every lock.</param>
    /// <exception cref="InDoubtException">COMMIT was sent and not answered.</exception>
    public Task<Outcome?[]?> RunAsync(Account account, IReadOnlyList<SubmittedEvent> events, bool waits) =>
        LostConnections.RepeatAsync(dataSource, () => TryAsync(account, events, waits));

    /// <summary>An error of the database before COMMIT leaves nothing behind; one of COMMIT is in doubt.</summary>
    private async Task<Outcome?[]?> TryAsync(Account account, IReadOnlyList<SubmittedEvent> events, bool waits)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted);
        if (await IngestLocks.AcquireAsync(connection, account, events, waits) is not { } locks) return null;

        var outcomes = new Outcome?[events.Count];
        var positions = Enumerable.Range(0, events.Count)
            .Where(i => !locks.Busy.Contains(events[i].Event.ClientId)).ToArray();
        var free = positions.Length == events.Count ? events : [.. positions.Select(i => events[i])];
        var admission = IngestDecision.Admit(locks.State, free);
        var (streams, stored) = await StoredStreams.LoadAsync(connection, locks.Generation, admission.Admitted);
        var decision = IngestDecision.Decide(admission, streams, stored);
        for (var i = 0; i < positions.Length; i++) outcomes[positions[i]] = decision.Outcomes[i];

        var projection = decision.Appends.Count == 0 ? null
            : await SessionProjection.OfAsync(connection, locks.Generation!, decision.Appends);

        await using var session = store.LightweightSession(
            SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        if (decision.Appends.Count > 0) StreamAppends.Queue(session, locks.Generation!, decision.Appends);
        projection?.Queue(session, locks.Generation!);
        SessionChanges.Queue(session, account, free, locks.State.Nodes, locks.Sessions);
        await SaveAsync(session, outcomes);
        if (decision.Appends.Count > 0) onAppended(account);
        return outcomes;
    }

    /// <summary>Not cancellable: the callers must learn the true outcome.</summary>
    private static async Task SaveAsync(IDocumentSession session, Outcome?[] outcomes)
    {
        try
        {
            await session.SaveChangesAsync(CancellationToken.None);
        }
        catch (Exception error) when (DatabaseErrors.LeavesInDoubt(error))
        {
            throw new InDoubtException(outcomes, error);
        }
    }
}

/// <summary>It is not known whether the transaction was committed.</summary>
/// <param name="outcomes">Of its events, if it was.</param>
internal sealed class InDoubtException(Outcome?[] outcomes, Exception error) : Exception("in doubt", error)
{
    public IReadOnlyList<Outcome?> Outcomes { get; } = outcomes;
}
