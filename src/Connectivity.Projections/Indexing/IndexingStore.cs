using System.Text.Json;
using Connectivity.Domain;
using Connectivity.Domain.Indexing;
using Connectivity.Projections.Database;
using Connectivity.Projections.Holds;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// The indexing configuration of each account, and the generations that turning connectivity indexing on and off starts
/// and ends.
/// </summary>
public sealed class IndexingStore(NpgsqlDataSource dataSource, StoreContents contents)
{
    private readonly GenerationPartitions _partitions = new(dataSource, contents);

    /// <summary>The account's configuration; everything is off where it was never updated.</summary>
    public Task<IndexingConfiguration> GetAsync(Account account, CancellationToken cancellationToken) =>
        LostConnections.RepeatAsync(dataSource, () => ReadAsync(account, cancellationToken));

    private async Task<IndexingConfiguration> ReadAsync(Account account, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand($"select configuration from {IndexingTable.Name} where account = $1 and region = $2")
            .With(account.Id, account.Region);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? IndexingTable.ReadConfiguration(reader, 0)
            : IndexingConfiguration.Off;
    }

    /// <summary>The generation that events are stored in now, or null while connectivity indexing is off.</summary>
    public async Task<Generation?> CurrentGenerationAsync(Account account, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand($"select generation, tenant_id from {IndexingTable.Name} where account = $1 and region = $2")
            .With(account.Id, account.Region);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? IndexingTable.ReadGeneration(reader, account, 0) : null;
    }

    /// <summary>
    /// Changes the account's configuration in the session's transaction, which the caller commits. Waits for every
    /// ingest and deletion in progress in the account.
    /// </summary>
    /// <exception cref="DatabaseBusyException">One of them took too long.</exception>
    public async Task<IndexingChange> UpdateAsync(
        IDocumentSession session, Account account, ThingIndexing? thing, ThingGroupIndexing? group,
        CancellationToken cancellationToken)
    {
        await session.BeginTransactionAsync(cancellationToken);
        var connection = session.Connection!;
        await GenerationLock.TakeExclusiveAsync(connection, account, cancellationToken);
        var (current, generation) = await ReadAsync(connection, account, cancellationToken);
        var update = current.Update(thing, group);
        if (update.Configuration is not { } configuration) return new IndexingChange(update.Error, null);

        if (generation is not null && !configuration.ConnectivityIsIndexed
            && await LegalHolds.CountAsync(connection, account, cancellationToken) is > 0 and var held)
            return new IndexingChange(
                $"Connectivity indexing can't be turned off: {held} things are on legal hold", null);

        session.QueueSqlCommand(
            $"""
            insert into {IndexingTable.Name} (account, region, configuration) values (?, ?, ?::jsonb)
            on conflict (account, region) do update set configuration = excluded.configuration
            """, account.Id, account.Region, JsonSerializer.Serialize(configuration, JsonSerializerOptions.Web));
        if (configuration.ConnectivityIsIndexed == generation is not null) return new IndexingChange(null, null);
        if (generation is not null)
        {
            session.QueueSqlCommand(
                $"""
                update {IndexingTable.Name} set generation = null, tenant_id = null, turned_off_at = clock_timestamp()
                where account = ? and region = ?
                """, account.Id, account.Region);
            return new IndexingChange(null, generation);
        }

        var started = await BeginGenerationAsync(connection, account, cancellationToken);
        session.QueueSqlCommand(
            $"""
            update {IndexingTable.Name}
            set generation = ?, tenant_id = ?, is_projected = true, turned_on_at = clock_timestamp()
            where account = ? and region = ?
            """, started.Number, started.TenantId, account.Id, account.Region);
        IndexedPeriodStarted.Channel.Notify(session, new IndexedPeriodStarted(account, null));
        return new IndexingChange(null, null);
    }

    private static async Task<(IndexingConfiguration Current, Generation? Generation)> ReadAsync(
        NpgsqlConnection connection, Account account, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select configuration, generation, tenant_id from {IndexingTable.Name}
            where account = $1 and region = $2
            """, connection).With(account.Id, account.Region);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken)) return (IndexingConfiguration.Off, null);
        return (IndexingTable.ReadConfiguration(reader, 0), IndexingTable.ReadGeneration(reader, account, 1));
    }

    private async Task<Generation> BeginGenerationAsync(
        NpgsqlConnection connection, Account account, CancellationToken cancellationToken)
    {
        await using var next = new NpgsqlCommand($"select nextval('{IndexingTable.GenerationsName}')", connection);
        var generation = Generation.Begin(account, (long)(await next.ExecuteScalarAsync(cancellationToken))!);
        await _partitions.AddAsync(connection, generation, cancellationToken);
        return generation;
    }
}

/// <summary>The result of an update of the indexing configuration.</summary>
/// <param name="Error">The rule that the update broke; nothing was changed. Null where it broke no rule.</param>
/// <param name="Ended">
/// The generation that the update ended, whose streams and records are to be purged; null where it ended none.
/// </param>
public sealed record IndexingChange(string? Error, Generation? Ended);
