using Connectivity.Chaos.Tests.Processes;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections;
using Connectivity.Projections.Database;
using Marten;
using Npgsql;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>An event as it is stored.</summary>
public sealed record StoredEvent(string TenantId, string ThingId, long Version, Guid Id, LifecycleEvent Event);

/// <summary>Things with their streams and records, read from the database itself, in one snapshot.</summary>
/// <param name="ThingIds">By name.</param>
/// <param name="Events">In the order of their streams and versions.</param>
/// <param name="StreamVersions">By thingId, as Marten counts them.</param>
/// <param name="Orphans">How many streams and records belong to no thing.</param>
public sealed record StoredStreams(
    long? Generation,
    IReadOnlyDictionary<string, string> ThingIds,
    ILookup<string, StoredEvent> Events,
    IReadOnlyDictionary<string, long> StreamVersions,
    IReadOnlyDictionary<string, ConnectivityRecord> Records,
    long Orphans)
{
    public static readonly Account Account = new("000000000000", "us-east-1");

    /// <summary>Where Marten notes that an append failed, beside the streams of things.</summary>
    private const string Tombstones = "mt_tombstone";

    private static readonly ISerializer Serializer = MakeSerializer();

    /// <param name="names">A prefix of the things' names.</param>
    public static async Task<StoredStreams> ReadAsync(string connectionString, string names)
    {
        await using var connection = await ChaosDatabase.OpenAsync(connectionString);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead);
        var generations = await AllAsync(
            "select generation from connectivity.indexing",
            reader => reader.IsDBNull(0) ? (long?)null : reader.GetInt64(0));
        var things = await AllAsync(
            "select name, thing_id from connectivity.things where starts_with(name, $1)",
            reader => (reader.GetString(0), reader.GetString(1)));
        // Selected by the client id in the events, so that orphaned events are found as well.
        var events = await AllAsync(
            """
            select tenant_id, stream_id, version, id, type, data from connectivity.mt_events
            where starts_with(data ->> 'clientId', $1) order by tenant_id, stream_id, version
            """,
            reader => new StoredEvent(
                reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetGuid(3), Read(reader)));
        const string ofThings = "where id in (select thing_id from connectivity.things where starts_with(name, $1))";
        var versions = await AllAsync(
            $"select id, version from connectivity.mt_streams {ofThings}",
            reader => (reader.GetString(0), reader.GetInt64(1)));
        var records = await AllAsync(
            $"select id, data from {ConnectivitySchema.Records} {ofThings}",
            reader => (reader.GetString(0), Serializer.FromJson<ConnectivityRecord>(reader, 1)));
        const string ofNoThing = "id not in (select thing_id from connectivity.things)";
        var orphans = await AllAsync(
            $"""
            select (select count(*) from connectivity.mt_streams where id <> '{Tombstones}' and {ofNoThing})
                 + (select count(*) from {ConnectivitySchema.Records} where {ofNoThing})
            """,
            reader => reader.GetInt64(0));
        return new StoredStreams(
            generations.SingleOrDefault(),
            things.ToDictionary(thing => thing.Item1, thing => thing.Item2),
            events.ToLookup(stored => stored.ThingId),
            versions.ToDictionary(stream => stream.Item1, stream => stream.Item2),
            records.ToDictionary(record => record.Item1, record => record.Item2),
            orphans.Single());

        async Task<List<T>> AllAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            if (sql.Contains("$1")) command.Parameters.Add(new NpgsqlParameter { Value = names });
            await using var reader = await command.ExecuteReaderAsync();
            var all = new List<T>();
            while (await reader.ReadAsync()) all.Add(read(reader));
            return all;
        }
    }

    private static LifecycleEvent Read(NpgsqlDataReader reader) =>
        reader.GetString(4) == ConnectivityStore.ThingConnectedName
            ? Serializer.FromJson<ThingConnected>(reader, 5)
            : Serializer.FromJson<ThingDisconnected>(reader, 5);

    private static ISerializer MakeSerializer()
    {
        var options = new StoreOptions();
        ConnectivityStore.Configure(options, ConnectivityStore.Contents);
        return options.Serializer();
    }
}
