using System.Data;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Lifecycle.StoredForm;
using Connectivity.Projections.Registry;
using Npgsql;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>
/// Folds the streams of some things in one snapshot, one event at a time: a stream of any length takes no more memory
/// than a short one, and nothing is locked.
/// </summary>
internal sealed class StreamFolds(NpgsqlDataSource dataSource)
{
    private const int ThingsAtOnce = 200;

    /// <summary>The things that follow a name, in the order of names; none at the end.</summary>
    public async Task<(IReadOnlyList<FoldedThing> Things, long Events)> ReadAsync(
        Account account, Generation generation, string after, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead, cancellationToken);
        var names = await NamesAsync(connection, account, after, cancellationToken);
        var things = names.Keys.ToArray();
        var stored = await StoredAsync(connection, generation, things, cancellationToken);
        var folds = new Dictionary<string, (ConnectivityRecord Record, long Version)>();
        var events = await FoldAsync(
            connection, generation, things, [.. things.Select(_ => 0L)], folds, cancellationToken);
        return ([.. things.Select(Folded)], events);

        FoldedThing Folded(string thingId)
        {
            var (record, version) = folds.GetValueOrDefault(thingId, (ConnectivityRecord.NeverConnected(thingId), 0));
            var (storedRecord, storedVersion) = stored.GetValueOrDefault(thingId);
            return new FoldedThing(thingId, names[thingId], version, record, storedRecord, storedVersion);
        }
    }

    /// <summary>
    /// Continues folds with the events after the given versions, stream by stream. Returns the number of events.
    /// </summary>
    public static async Task<long> FoldAsync(
        NpgsqlConnection connection, Generation generation, string[] thingIds, long[] after,
        Dictionary<string, (ConnectivityRecord Record, long Version)> folds, CancellationToken cancellationToken)
    {
        // By stream: the index has each one in order, and nothing is sorted.
        await using var command = new NpgsqlCommand(
            $"""
            select thing.id, event.version, event.type, event.data
            from unnest($2::text[], $3::bigint[]) as thing(id, after)
            cross join lateral (
                select version, type, data from {generation.Partition(ConnectivitySchema.Events)}
                where tenant_id = $1 and stream_id = thing.id and version > thing.after order by version) as event
            """, connection).With(generation.TenantId, thingIds, after);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var count = 0L;
        for (; await reader.ReadAsync(cancellationToken); count++)
        {
            var thingId = reader.GetString(0);
            var (record, _) = folds.GetValueOrDefault(thingId, (ConnectivityRecord.NeverConnected(thingId), 0));
            var next = StoredEventJson.Read(reader.GetString(2), reader.GetFieldValue<byte[]>(3));
            folds[thingId] = (ConnectivityRecord.Evolve(record, next), reader.GetInt64(1));
        }

        return count;
    }

    /// <summary>The records of no thing of the account.</summary>
    public async Task<IReadOnlyList<string>> RecordsOfNoThingAsync(
        Generation generation, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select id from {generation.Partition(ConnectivitySchema.Records)} as record
            where tenant_id = $1 and not exists (select from {RegistryTables.ThingsName} where thing_id = record.id)
            """).With(generation.TenantId);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var thingIds = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) thingIds.Add(reader.GetString(0));
        return thingIds;
    }

    private static async Task<Dictionary<string, string>> NamesAsync(
        NpgsqlConnection connection, Account account, string after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id, name from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name > $3 order by name limit {ThingsAtOnce}
            """, connection).With(account.Id, account.Region, after);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken)) names.Add(reader.GetString(0), reader.GetString(1));
        return names;
    }

    private static async Task<Dictionary<string, (ConnectivityRecord Record, long Version)>> StoredAsync(
        NpgsqlConnection connection, Generation generation, string[] thingIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select id, data, mt_version from {generation.Partition(ConnectivitySchema.Records)}
            where tenant_id = $1 and id = any($2)
            """, connection).With(generation.TenantId, thingIds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var stored = new Dictionary<string, (ConnectivityRecord, long)>();
        while (await reader.ReadAsync(cancellationToken))
            stored.Add(
                reader.GetString(0),
                (StoredRecordJson.Read(reader.GetFieldValue<byte[]>(1)), reader.GetInt64(2)));
        return stored;
    }
}
