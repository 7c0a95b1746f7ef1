using System.Text.Json;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Projections.Database;
using Connectivity.Projections.Holds;
using Connectivity.Projections.Indexing;
using Npgsql;
using NpgsqlTypes;

namespace Connectivity.Projections.Registry;

/// <summary>The registered devices of all accounts.</summary>
/// <remarks>Longer than other files because creation, change and deletion lock a thing's row for each other.</remarks>
public sealed class ThingRegistry(NpgsqlDataSource dataSource, StoreContents contents)
{
    private const string Columns = "name, thing_id, attributes::text, version";

    /// <summary>Seconds. A stream may be long; the client would repeat a request that takes longer.</summary>
    private const int DeletionTimeout = 60;

    /// <summary>Registers a thing, or returns the thing that already has the name. Idempotent.</summary>
    public async Task<Thing> CreateAsync(
        Account account, string name, IReadOnlyDictionary<string, string> attributes,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var insert = new NpgsqlCommand(
            $"""
            insert into {RegistryTables.ThingsName} (account, region, name, thing_id, attributes, version, created_at)
            values ($1, $2, $3, gen_random_uuid()::text, $4, 1, clock_timestamp())
            on conflict do nothing
            returning {Columns}
            """, connection).With(account.Id, account.Region, name, Jsonb(attributes));
        if (await ReadOneAsync(insert, cancellationToken) is { } created)
        {
            await using var begin = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    ThingRegistration.Begin(account, [name]),
                    IndexedPeriodStarted.Channel.Notify(new IndexedPeriodStarted(account, name)),
                },
            };
            await begin.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return created;
        }

        await transaction.RollbackAsync(cancellationToken);
        // Deleted in the meantime: the name is free, so create it again.
        return await FindAsync(account, name, cancellationToken)
            ?? await CreateAsync(account, name, attributes, cancellationToken);
    }

    public async Task<Thing?> FindAsync(Account account, string name, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand(
                $"select {Columns} from {RegistryTables.ThingsName} where account = $1 and region = $2 and name = $3")
            .With(account.Id, account.Region, name);
        return await ReadOneAsync(command, cancellationToken);
    }

    /// <summary>Changes a thing's attributes and raises its version by one.</summary>
    /// <param name="change">Maps the current attributes to the new ones; runs while the thing is locked.</param>
    public async Task<ThingChange> UpdateAsync(
        Account account, string name, long? expectedVersion,
        Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change,
        CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await LockAsync(connection, account, name, "no key update", cancellationToken) is not { } thing)
            return ThingChange.NotFound;
        if (expectedVersion is not null && expectedVersion != thing.Version) return ThingChange.VersionConflict;
        await using var update = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new NpgsqlBatchCommand(
                    $"""
                    update {RegistryTables.ThingsName} set attributes = $4, version = version + 1
                    where account = $1 and region = $2 and name = $3
                    """).With(account.Id, account.Region, name, Jsonb(change(thing.Attributes))),
            },
        };
        foreach (var command in contents.ChangeWithThing.SelectMany(changed => changed(thing.ThingId, name)))
            update.BatchCommands.Add(command);
        await update.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ThingChange.Done;
    }

    /// <summary>
    /// Deletes a thing with its stream, its record and everything else that belongs to it, in one transaction. The name
    /// is remembered as long as its events could be mistaken for those of a successor.
    /// </summary>
    public async Task<ThingChange> DeleteAsync(
        Account account, string name, long? expectedVersion, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var generationLock = new NpgsqlCommand(GenerationLock.SharedSql, connection))
            await generationLock.With(GenerationLock.Key(account)).ExecuteNonQueryAsync(cancellationToken);
        if (await LockAsync(connection, account, name, "update", cancellationToken) is not { } thing)
            return ThingChange.NotFound;
        if (expectedVersion is not null && expectedVersion != thing.Version) return ThingChange.VersionConflict;
        if (await LegalHolds.IsHeldAsync(connection, thing.ThingId, cancellationToken)) return ThingChange.Held;
        await using var batch = new NpgsqlBatch(connection) { Timeout = DeletionTimeout };
        foreach (var takeBack in contents.TakeBackOfThing)
            foreach (var command in await takeBack(connection, account, thing.ThingId, cancellationToken))
                batch.BatchCommands.Add(command);
        var tenant =
            $"(select i.tenant_id from {IndexingTable.Name} i where account = $1 and region = $2)";
        foreach (var (table, key, type) in contents.GenerationTables)
            if (key is not null)
                Add($"delete from {table} where tenant_id = {tenant} and {key} = $3::{type}", thing.ThingId);
        Add($"delete from {RegistryTables.ThingsName} where account = $1 and region = $2 and name = $3", name);
        Add(
            $"""
            insert into {RegistryTables.DeletedThingsName} (account, region, name, deleted_at)
            values ($1, $2, $3, clock_timestamp())
            on conflict (account, region, name) do update set deleted_at = excluded.deleted_at
            """, name);
        foreach (var command in contents.EndWithThing.SelectMany(end => end(thing.ThingId, name)))
            batch.BatchCommands.Add(command);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return ThingChange.Done;

        void Add(string sql, string nameOrThingId) =>
            batch.BatchCommands.Add(new NpgsqlBatchCommand(sql).With(account.Id, account.Region, nameOrThingId));
    }

    /// <summary>Things that match the filter, in the order of their names, after the given one.</summary>
    public async Task<IReadOnlyList<Thing>> ListAsync(
        Account account, ThingFilter filter, string after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select {Columns} from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name > $3
              and ($4::text is null or (attributes ? $4
                  and ($5::text is null or attributes ->> $4 = $5 or ($6 and starts_with(attributes ->> $4, $5)))))
            order by name limit $7
            """).With(
            account.Id, account.Region, after, Text(filter.AttributeName), Text(filter.AttributeValue),
            filter.AttributeValueIsPrefix, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var things = new List<Thing>();
        while (await reader.ReadAsync(cancellationToken)) things.Add(Read(reader));
        return things;
    }

    /// <summary>
    /// Removes the deleted names whose events can no longer be mistaken for those of a successor. Returns their number.
    /// </summary>
    public async Task<int> RemoveExpiredDeletedThingsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"delete from {RegistryTables.DeletedThingsName} where deleted_at <= clock_timestamp() - $1")
            .With(IndexedPeriod.Memory);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<Thing?> LockAsync(
        NpgsqlConnection connection, Account account, string name, string strength, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select {Columns} from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name = $3 for {strength}
            """, connection).With(account.Id, account.Region, name);
        return await ReadOneAsync(command, cancellationToken);
    }

    private static async Task<Thing?> ReadOneAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? Read(reader) : null;
    }

    private static Thing Read(NpgsqlDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(2))!,
        reader.GetInt64(3));

    private static NpgsqlParameter Text(string? value) => SqlParameters.Nullable(value, NpgsqlDbType.Text);

    private static NpgsqlParameter Jsonb(IReadOnlyDictionary<string, string> attributes) =>
        new() { Value = JsonSerializer.Serialize(attributes), NpgsqlDbType = NpgsqlDbType.Jsonb };
}

/// <summary>The result of a change to a thing.</summary>
public enum ThingChange
{
    Done,
    NotFound,

    /// <summary>The thing's version is not the expected one; nothing changed.</summary>
    VersionConflict,

    /// <summary>The thing is on legal hold; nothing changed.</summary>
    Held,
}

/// <summary>Which things to list.</summary>
/// <param name="AttributeName">Only things that have this attribute.</param>
/// <param name="AttributeValue">Only things whose attribute has this value, or begins with it.</param>
public sealed record ThingFilter(string? AttributeName, string? AttributeValue, bool AttributeValueIsPrefix);
