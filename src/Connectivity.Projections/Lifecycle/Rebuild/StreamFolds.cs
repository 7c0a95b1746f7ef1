using System.Data;
using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using Connectivity.Projections.StoredForm;
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
        var replay = await StreamReplay.RunAsync(connection, generation, things, cancellationToken);
        var records = await RecordsAsync(connection, generation, things, cancellationToken);
        var ids = things.Select(Guid.Parse).ToArray();
        var sessions = await SessionRows.OfThingsAsync(connection, generation, ids, cancellationToken);
        var states = await StatesAsync(connection, generation, ids, cancellationToken);
        return ([.. things.Select(Folded)], replay.Events);

        FoldedThing Folded(string thingId)
        {
            var (record, version) = records.GetValueOrDefault(thingId);
            return new FoldedThing(
                thingId, names[thingId], replay.Things.GetValueOrDefault(thingId), record, version,
                [.. sessions[thingId].Order(Timeline.ByStart)],
                states.TryGetValue(thingId, out var state) ? state : null);
        }
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

    private static async Task<Dictionary<string, (ConnectivityRecord Record, long Version)>> RecordsAsync(
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

    private static async Task<Dictionary<string, StoredState>> StatesAsync(
        NpgsqlConnection connection, Generation generation, Guid[] thingIds, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id::text, state, changed_at from {generation.Partition(SessionTables.StatesName)}
            where tenant_id = $1 and thing_id = any($2)
            """, connection).With(generation.TenantId, thingIds);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var states = new Dictionary<string, StoredState>();
        while (await reader.ReadAsync(cancellationToken))
            states.Add(
                reader.GetString(0), new StoredState(reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2)));
        return states;
    }
}
