using Connectivity.Benchmarks.Heart.Load;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Floors;

/// <summary>
/// Stores events by plain SQL: one durable transaction of three statements, with the values as arrays. It locks,
/// reads and decides nothing; the writers have things of their own.
/// </summary>
public sealed class PlainSqlWriter : IAsyncDisposable
{
    private const string InsertEvents =
        $"""
        insert into {FloorTables.Events} (id, stream_id, version, data, type, timestamp, tenant_id, is_archived)
        select id, stream_id, version, data::jsonb, type, at, '1', false
        from unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[])
            as a(id, stream_id, version, data, type, at)
        """;

    private const string UpsertStreams =
        """
        insert into floor.streams select '1', id, version, at
        from unnest($1::text[], $2::bigint[], $3::timestamptz[]) as a(id, version, at)
        on conflict (tenant_id, id) do update set version = excluded.version, timestamp = excluded.timestamp
        """;

    private const string UpsertRecords =
        """
        insert into floor.records select '1', id, data::jsonb, at, version
        from unnest($1::text[], $2::text[], $3::bigint[], $4::timestamptz[]) as a(id, data, version, at)
        on conflict (tenant_id, id) do update set
            data = excluded.data, timestamp = excluded.timestamp, version = excluded.version
        """;

    private readonly NpgsqlConnection _connection;
    private readonly FloorThings _things;
    private readonly int _writer;
    private readonly int _writers;
    private readonly Random _random;
    private readonly HashSet<int> _picked = [];
    private readonly Guid[] _ids;
    private readonly string[] _thingIds;
    private readonly long[] _versions;
    private readonly string[] _bodies;
    private readonly string[] _records;
    private readonly string[] _types;
    private readonly DateTime[] _times;

    private PlainSqlWriter(NpgsqlConnection connection, FloorThings things, int writer, int writers, int batch)
    {
        (_connection, _things, _writer, _writers) = (connection, things, writer, writers);
        _random = new Random(writer);
        (_ids, _thingIds, _versions) = (new Guid[batch], new string[batch], new long[batch]);
        (_bodies, _records, _types) = (new string[batch], new string[batch], new string[batch]);
        _times = new DateTime[batch];
    }

    public static async Task<IReadOnlyList<PlainSqlWriter>> OpenAsync(
        string connectionString, FloorThings things, int writers, int batch)
    {
        var prepared = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 10,
            AutoPrepareMinUsages = 1,
        }.ConnectionString;
        var opened = new List<PlainSqlWriter>();
        for (var writer = 0; writer < writers; writer++)
        {
            var connection = new NpgsqlConnection(prepared);
            await connection.OpenAsync();
            opened.Add(new PlainSqlWriter(connection, things, writer, writers, batch));
        }

        return opened;
    }

    public async ValueTask<Progress> WriteAsync()
    {
        Fill();
        await using var batch = new NpgsqlBatch(_connection)
        {
            BatchCommands =
            {
                Command(InsertEvents, _ids, _thingIds, _versions, _bodies, _types, _times),
                Command(UpsertStreams, _thingIds, _versions, _times),
                Command(UpsertRecords, _thingIds, _records, _versions, _times),
            },
        };
        await batch.ExecuteNonQueryAsync();
        return new Progress(_ids.Length, 0);
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Fill()
    {
        var share = _things.Count / _writers;
        _picked.Clear();
        for (var i = 0; i < _ids.Length; i++)
        {
            int thing;
            do thing = _writer * share + _random.Next(share);
            while (!_picked.Add(thing));
            _ids[i] = Guid.NewGuid();
            (_thingIds[i], _versions[i]) = (_things.Id(thing), _things.NextVersion(thing));
            (_bodies[i], _records[i], _types[i]) = (_things.Body, _things.Record, "thing_connected");
            _times[i] = DateTime.UtcNow;
        }
    }

    private static NpgsqlBatchCommand Command(string sql, params Array[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
