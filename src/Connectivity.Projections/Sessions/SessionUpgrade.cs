using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Marten;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Sessions;

/// <summary>
/// Projects sessions, states and counts from the streams of a release that did not have them, and stores which of their
/// events were late. Some things at a time, each time in a transaction that also stores how far it is: when its process
/// is killed, the next one goes on. Does nothing where all is projected.
/// </summary>
internal sealed class SessionUpgrade(IDocumentStore store, NpgsqlDataSource dataSource, StoreContents contents)
{
    private const int ThingsAtOnce = 200;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        foreach (var generation in await NotProjectedAsync(cancellationToken))
        {
            await new GenerationPartitions(dataSource, contents).AddMissingAsync(generation, cancellationToken);
            while (await ProjectSomeAsync(generation, cancellationToken))
            {
            }
        }
    }

    private async Task<List<Generation>> NotProjectedAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select account, region, generation, tenant_id from {IndexingTable.Name}
            where generation is not null and not is_projected
            """);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var generations = new List<Generation>();
        while (await reader.ReadAsync(cancellationToken))
            generations.Add(IndexingTable.ReadGeneration(
                reader, new Account(reader.GetString(0), reader.GetString(1)), 2)!);
        return generations;
    }

    private async Task<bool> ProjectSomeAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var things = await NextAsync(connection, generation, cancellationToken);
        var replay = await StreamReplay.RunAsync(
            connection, generation, [.. things.Select(thing => thing.Id)], cancellationToken);
        await using var session = store.LightweightSession(
            SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        SessionProjection.Of(replay.Things.Values).Queue(session, generation);
        FleetCountChanges.Queue(session, generation, replay.Counts);
        if (replay.Corrections.Count > 0) Queue(session, generation, replay.Corrections);
        session.QueueSqlCommand(
            $"update {IndexingTable.Name} set projected_to = ?, is_projected = ? where tenant_id = ?",
            things.Count == 0 ? "" : things[^1].Name, things.Count == 0, generation.TenantId);
        await session.SaveChangesAsync(cancellationToken);
        return things.Count > 0;
    }

    private static void Queue(IDocumentSession session, Generation generation, IReadOnlyList<Lateness> corrections) =>
        session.QueueSqlCommand(
            $"""
            update {generation.Partition(ConnectivitySchema.Events)} as event
            set data = case when is_late then data || jsonb_build_object('late', true) else data - 'late' end
            from unnest(?::text[], ?::bigint[], ?::boolean[]) as correction(thing_id, position, is_late)
            where tenant_id = ? and stream_id = thing_id and version = position
            """,
            corrections.Select(correction => correction.ThingId).ToArray(),
            corrections.Select(correction => correction.Position).ToArray(),
            corrections.Select(correction => correction.IsLate).ToArray(), generation.TenantId);

    private static async Task<List<(string Id, string Name)>> NextAsync(
        NpgsqlConnection connection, Generation generation, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id, name from {RegistryTables.ThingsName}
            where account = $1 and region = $2
              and name > (select projected_to from {IndexingTable.Name} where account = $1 and region = $2)
            order by name limit {ThingsAtOnce}
            """, connection).With(generation.Account.Id, generation.Account.Region);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var things = new List<(string, string)>();
        while (await reader.ReadAsync(cancellationToken)) things.Add((reader.GetString(0), reader.GetString(1)));
        return things;
    }
}
