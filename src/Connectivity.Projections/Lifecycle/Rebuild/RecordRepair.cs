using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Marten;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>
/// Replaces records that differ by the folds of their streams. Holds their things for as long as it takes to fold what
/// was appended since they were read.
/// </summary>
internal sealed class RecordRepair(IDocumentStore store, NpgsqlDataSource dataSource)
{
    public async Task RunAsync(
        Account account, Generation generation, IReadOnlyList<FoldedThing> things, CancellationToken cancellationToken)
    {
        if (things.Count == 0) return;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var current = await CurrentGeneration.LockAsync(connection, account, cancellationToken);
        if (current.Generation != generation) return;
        var held = await LockAsync(connection, account, [.. things.Select(thing => thing.Name!)], cancellationToken);
        var present = things.Where(thing => held.Contains(thing.ThingId)).ToList();
        var folds = present.ToDictionary(thing => thing.ThingId, thing => (thing.Folded, thing.Version));
        await StreamFolds.FoldAsync(
            connection, generation, [.. present.Select(thing => thing.ThingId)],
            [.. present.Select(thing => thing.Version)], folds, cancellationToken);
        await WriteAsync(transaction, generation, folds, cancellationToken);
    }

    /// <summary>Needs no lock: a record and its thing are both seen, or neither is.</summary>
    public async Task DeleteAsync(
        Generation generation, IReadOnlyList<string> thingIds, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand(DeleteSql(generation, "$1", "$2")).With(generation.TenantId, thingIds.ToArray());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task WriteAsync(
        NpgsqlTransaction transaction, Generation generation,
        IReadOnlyDictionary<string, (ConnectivityRecord Record, long Version)> folds,
        CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession(
            SessionOptions.ForTransaction(transaction, shouldAutoCommit: true));
        session.QueueSqlCommand(
            DeleteSql(generation, "?", "?"), generation.TenantId,
            folds.Where(fold => fold.Value.Version == 0).Select(fold => fold.Key).ToArray());
        var folded = folds.Where(fold => fold.Value.Version > 0).ToList();
        var now = DateTimeOffset.UtcNow;
        StreamAppends.QueueRecords(
            session, generation,
            [.. folded.Select(fold => fold.Value.Record)],
            [.. folded.Select(fold => fold.Value.Version)],
            [.. folded.Select(_ => now)]);
        await session.SaveChangesAsync(cancellationToken);
    }

    private static string DeleteSql(Generation generation, string tenantId, string thingIds) =>
        $"delete from {generation.Partition(ConnectivitySchema.Records)} where tenant_id = {tenantId} and id = any({thingIds})";

    /// <summary>Returns the <c>thingId</c>s of those that exist.</summary>
    private static async Task<HashSet<string>> LockAsync(
        NpgsqlConnection connection, Account account, string[] names, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name = any($3) order by name for no key update
            """, connection).With(account.Id, account.Region, names);
        // Waits for writers.
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var held = new HashSet<string>();
        while (await reader.ReadAsync(cancellationToken)) held.Add(reader.GetString(0));
        return held;
    }
}
