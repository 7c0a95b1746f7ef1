using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Marten;
using Marten.Services;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// Folds every stream into its record again, with the rule that folded it the first time. Things are locked in small
/// batches, so that hosts keep ingesting and answering in the meantime.
/// </summary>
public sealed class RecordRebuild(IDocumentStore store, NpgsqlDataSource dataSource)
{
    private const int ThingsAtOnce = 200;

    /// <summary>
    /// Rebuilds the records of every account whose indexing is on. Returns the number of things that were folded.
    /// </summary>
    public async Task<long> RunAsync(CancellationToken cancellationToken)
    {
        var total = 0L;
        foreach (var account in await AccountsAsync(cancellationToken))
        {
            var after = "";
            while (await RebuildAsync(account, after, cancellationToken) is { Count: > 0 } names)
            {
                total += names.Count;
                after = names[^1];
            }

            await RemoveRecordsOfNoThingAsync(account, cancellationToken);
        }

        return total;
    }

    private async Task<List<Account>> AccountsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"select account, region from {IndexingTable.Name} where generation is not null order by 1, 2");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var accounts = new List<Account>();
        while (await reader.ReadAsync(cancellationToken))
            accounts.Add(new Account(reader.GetString(0), reader.GetString(1)));
        return accounts;
    }

    private async Task<List<string>> RebuildAsync(Account account, string after, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var current = await CurrentGeneration.LockAsync(connection, account, cancellationToken);
        if (current.Generation is not { } generation) return [];

        var (names, thingIds) = await LockThingsAsync(connection, account, after, cancellationToken);
        var options = SessionOptions.ForTransaction(transaction);
        options.TenantId = generation.TenantId;
        // Streams may be long.
        options.Timeout = 0;
        await using var session = store.LightweightSession(options);
        var events = await session.Events.QueryAllRawEvents()
            .Where(e => e.StreamKey!.IsOneOf(thingIds)).OrderBy(e => e.Version).ToListAsync(cancellationToken);
        session.DeleteWhere<ConnectivityRecord>(record => record.ThingId.IsOneOf(thingIds));
        foreach (var stream in events.GroupBy(e => e.StreamKey!))
            session.Insert(stream.Select(e => (LifecycleEvent)e.Data)
                .Aggregate(ConnectivityRecord.NeverConnected(stream.Key), ConnectivityRecord.Evolve));
        await session.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return names;
    }

    /// <summary>Needs no lock: a record and its thing are both seen, or neither is.</summary>
    private async Task RemoveRecordsOfNoThingAsync(Account account, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            delete from {ConnectivitySchema.Records} as record
            where tenant_id = (
                select i.tenant_id from {IndexingTable.Name} as i where account = $1 and region = $2)
              and not exists (select from {RegistryTables.ThingsName} where thing_id = record.id)
            """).With(account.Id, account.Region);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(List<string> Names, string[] ThingIds)> LockThingsAsync(
        NpgsqlConnection connection, Account account, string after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select name, thing_id from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name > $3 order by name limit {ThingsAtOnce} for no key update
            """, connection).With(account.Id, account.Region, after);
        // Waits for writers.
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var (names, thingIds) = (new List<string>(), new List<string>());
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
            thingIds.Add(reader.GetString(1));
        }

        return (names, [.. thingIds]);
    }
}
