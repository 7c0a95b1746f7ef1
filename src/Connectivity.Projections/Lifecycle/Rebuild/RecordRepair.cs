using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using Marten;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>
/// Replaces what is stored of things that differ by the folds of their streams. Holds these things for as long as it
/// takes to fold them once more, a few thousand events at a time.
/// </summary>
internal sealed class RecordRepair(IDocumentStore store, NpgsqlDataSource dataSource)
{
    private const long EventsAtOnce = 5_000;

    public async Task RunAsync(
        Account account, Generation generation, IReadOnlyList<FoldedThing> things, CancellationToken cancellationToken)
    {
        var (part, events) = (new List<string>(), 0L);
        foreach (var thing in things)
        {
            var version = thing.Folded?.Version ?? 0;
            if (part.Count > 0 && events + version > EventsAtOnce)
            {
                await RunPartAsync(account, generation, part, cancellationToken);
                (part, events) = ([], 0);
            }

            part.Add(thing.Name);
            events += version;
        }

        if (part.Count > 0) await RunPartAsync(account, generation, part, cancellationToken);
    }

    /// <summary>Needs no lock: a record and its thing are both seen, or neither is.</summary>
    public async Task DeleteAsync(
        Generation generation, IReadOnlyList<string> thingIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand(DeleteRecords(generation, "$1", "$2")).With(generation.TenantId, thingIds.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RunPartAsync(
        Account account, Generation generation, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var current = await CurrentGeneration.LockAsync(connection, account, cancellationToken);
        if (current.Generation != generation) return;
        var (thingIds, now) = await LockAsync(connection, account, [.. names], cancellationToken);
        if (thingIds.Length == 0) return;
        var replay = await StreamReplay.RunAsync(connection, generation, thingIds, cancellationToken);

        await using var session = store.LightweightSession(
            SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        session.QueueSqlCommand(
            DeleteRecords(generation, "?", "?"), generation.TenantId,
            thingIds.Where(thingId => !replay.Things.ContainsKey(thingId)).ToArray());
        foreach (var table in new[] { SessionTables.SessionsName, SessionTables.StatesName })
            session.QueueSqlCommand(
                $"delete from {generation.Partition(table)} where thing_id = any(?)",
                thingIds.Select(Guid.Parse).ToArray());
        var folded = replay.Things.Values.ToList();
        StreamAppends.QueueRecords(
            session, generation,
            [.. folded.Select(thing => thing.Record)],
            [.. folded.Select(thing => thing.Version)],
            [.. folded.Select(_ => now)]);
        SessionProjection.Of(folded).Queue(session, generation);
        await session.SaveChangesAsync(cancellationToken);
    }

    private static string DeleteRecords(Generation generation, string tenantId, string thingIds) =>
        $"""
        delete from {generation.Partition(ConnectivitySchema.Records)}
        where tenant_id = {tenantId} and id = any({thingIds})
        """;

    /// <summary>Returns the <c>thingId</c>s of those that exist, and the database's time.</summary>
    private static async Task<(string[] ThingIds, DateTimeOffset Now)> LockAsync(
        NpgsqlConnection connection, Account account, string[] names, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id, clock_timestamp() from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name = any($3) order by name for no key update
            """, connection).With(account.Id, account.Region, names);
        // Waits for writers.
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (held, now) = (new List<string>(), default(DateTimeOffset));
        while (await reader.ReadAsync(cancellationToken))
        {
            held.Add(reader.GetString(0));
            now = reader.GetFieldValue<DateTimeOffset>(1);
        }

        return ([.. held], now);
    }
}
