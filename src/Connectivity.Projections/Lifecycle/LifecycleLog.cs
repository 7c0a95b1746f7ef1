using System.Data;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Gateways;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Marten;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// The durable log of lifecycle events. What it acknowledges is in the thing's stream and in its record, together.
/// </summary>
public sealed class LifecycleLog(IDocumentStore store, NpgsqlDataSource dataSource, WriteAvailability writes)
{
    private readonly TransactionOutcome _outcome = new(dataSource);

    /// <summary>
    /// Decides on each event, appends those that are to be stored and commits them with their records, in one
    /// transaction. Returns one outcome for each event, in order. Repeating it at any time is safe.
    /// </summary>
    /// <param name="gatewayNode">
    /// The gateway node that reports its own sessions: they are updated in the same transaction.
    /// </param>
    /// <param name="systemSources">
    /// The sources that these events can't claim: an event that names one is a duplicate if it is stored, else it is
    /// rejected. Null if the events may name any.
    /// </param>
    /// <remarks>
    /// The locks on generation and things are held from the decision to the commit, things in the order of their names.
    /// Writers of one thing wait for each other: the record is evolved from what the previous writer committed.
    /// </remarks>
    public async Task<IReadOnlyList<Outcome>> AppendAsync(
        Account account, IReadOnlyList<LifecycleEvent> events, Backdating backdating,
        CancellationToken cancellationToken, string? gatewayNode = null, IReadOnlySet<string>? systemSources = null)
    {
        if (events.Count == 0) return [];
        try
        {
            return await AppendAllAsync(account, events, backdating, gatewayNode, systemSources, cancellationToken);
        }
        catch (Exception error)
        {
            writes.Observe(error);
            throw;
        }
    }

    private sealed record Candidate(int Position, string ThingId, LifecycleEvent Event, Guid EventId, bool IsClaim);

    private async Task<IReadOnlyList<Outcome>> AppendAllAsync(
        Account account, IReadOnlyList<LifecycleEvent> events, Backdating backdating, string? gatewayNode,
        IReadOnlySet<string>? systemSources, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(
            IsolationLevel.ReadCommitted, cancellationToken);

        var current = await CurrentGeneration.LockAsync(connection, account, cancellationToken);
        if (gatewayNode is not null && !await LeaseStore.LockAsync(connection, gatewayNode, cancellationToken))
            return [.. Enumerable.Repeat(Outcome.NodeGone, events.Count)];
        var generation = current.Generation;
        var periods = generation is null ? [] : await LockThingsAsync(connection, current, events, cancellationToken);
        var outcomes = new Outcome[events.Count];
        var candidates = new List<Candidate>(events.Count);
        for (var i = 0; i < events.Count; i++)
        {
            var period = periods.GetValueOrDefault(events[i].ClientId);
            var isClaim = systemSources?.Contains(events[i].Connection.Source) is true;
            // A claim is only looked up: what it repeats may have been stored whatever its age was.
            var age = isClaim ? Backdating.Allowed : backdating;
            if (Admission.Refusal(events[i], generation is not null, period, age, current.Now) is { } refusal)
                outcomes[i] = isClaim ? Outcome.SystemSource : refusal;
            else
                candidates.Add(new Candidate(
                    i, period!.ThingId, events[i], EventId.Of(account, generation!.Number, period.ThingId, events[i]),
                    isClaim));
        }

        if (gatewayNode is not null)
            await GatewaySessions.FollowAsync(connection, account, gatewayNode, events, cancellationToken);
        if (candidates.Count == 0)
        {
            if (gatewayNode is not null) await transaction.CommitAsync(cancellationToken);
            return outcomes;
        }

        var (records, stored, transactionId) = await LoadAsync(connection, generation!, candidates, cancellationToken);
        var options = SessionOptions.ForTransaction(transaction);
        options.TenantId = generation!.TenantId;
        await using var session = store.LightweightSession(options);
        Guid? anAppended = null;
        foreach (var candidate in candidates)
        {
            if (stored.Contains(candidate.EventId) || candidate.IsClaim)
            {
                outcomes[candidate.Position] =
                    stored.Contains(candidate.EventId) ? Outcome.Duplicate : Outcome.SystemSource;
                continue;
            }

            stored.Add(candidate.EventId);

            var before = records.GetValueOrDefault(candidate.ThingId)
                ?? ConnectivityRecord.NeverConnected(candidate.ThingId);
            var after = records[candidate.ThingId] = ConnectivityRecord.Evolve(before, candidate.Event);
            outcomes[candidate.Position] = after == before ? Outcome.Late : Outcome.Accepted;
            var appended = session.Events.BuildEvent(candidate.Event);
            anAppended = appended.Id = candidate.EventId;
            session.Events.Append(candidate.ThingId, appended);
        }

        if (anAppended is null)
        {
            // Everything was stored before, in a transaction whose outcome the gateway may not know.
            if (gatewayNode is not null) await transaction.CommitAsync(cancellationToken);
            return outcomes;
        }

        await session.SaveChangesAsync(cancellationToken);
        await _outcome.CommitAsync(
            transaction, transactionId, generation.TenantId, anAppended.Value, cancellationToken);
        return outcomes;
    }

    private static async Task<Dictionary<string, IndexedPeriod>> LockThingsAsync(
        NpgsqlConnection connection, CurrentGeneration current, IReadOnlyList<LifecycleEvent> events,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select name, thing_id, created_at, former_life_ended_at from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name = any($3) order by name for no key update
            """, connection)
            .With(
                current.Generation!.Account.Id, current.Generation.Account.Region,
                events.Select(e => e.ClientId).Distinct().ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var periods = new Dictionary<string, IndexedPeriod>();
        while (await reader.ReadAsync(cancellationToken))
            periods.Add(reader.GetString(0), IndexedPeriod.Of(
                reader.GetString(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                current.TurnedOnAt!.Value,
                current.TurnedOffAt));
        return periods;
    }

    private async Task<(Dictionary<string, ConnectivityRecord> Records, HashSet<Guid> Stored, string TransactionId)>
        LoadAsync(
            NpgsqlConnection connection, Generation generation, List<Candidate> candidates,
            CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    $"select id, data from {ConnectivitySchema.Records} where tenant_id = $1 and id = any($2)")
                    .With(generation.TenantId, candidates.Select(candidate => candidate.ThingId).Distinct().ToArray()),
                new NpgsqlBatchCommand(
                    $"select id from {ConnectivitySchema.Events} where tenant_id = $1 and id = any($2)")
                    .With(generation.TenantId, candidates.Select(candidate => candidate.EventId).ToArray()),
                new NpgsqlBatchCommand(TransactionOutcome.IdSql),
            },
        };
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var records = new Dictionary<string, ConnectivityRecord>();
        while (await reader.ReadAsync(cancellationToken))
            records.Add(reader.GetString(0), store.Options.Serializer().FromJson<ConnectivityRecord>(reader, 1));
        await reader.NextResultAsync(cancellationToken);
        var stored = new HashSet<Guid>();
        while (await reader.ReadAsync(cancellationToken)) stored.Add(reader.GetGuid(0));
        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (records, stored, reader.GetString(0));
    }
}
