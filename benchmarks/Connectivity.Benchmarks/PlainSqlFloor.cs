using System.Diagnostics;
using HdrHistogram;
using Npgsql;

namespace Connectivity.Benchmarks;

/// <summary>
/// The minimum cost of making a change visible: one durable transaction that inserts an event and writes the latest
/// row, and one read of that row, in plain SQL on an open connection.
/// </summary>
public static class PlainSqlFloor
{
    private const string InsertEvent = "insert into floor_events (worker, body) values ($1, $2)";

    private const string UpsertLatest =
        "insert into floor_latest (worker, body) values ($1, $2) "
        + "on conflict (worker) do update set body = excluded.body";

    public static async Task MeasureAsync(
        string connectionString, int worker, int changes, LongConcurrentHistogram microseconds)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        for (var i = 0; i < changes; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await using (var transaction = await connection.BeginTransactionAsync())
            {
                await ExecuteAsync(InsertEvent, worker, "{\"connected\":true}");
                await ExecuteAsync(UpsertLatest, worker, $"{{\"change\":{i}}}");
                await transaction.CommitAsync();
            }

            await ExecuteAsync("select body from floor_latest where worker = $1", worker);
            microseconds.RecordValue((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        }

        async Task ExecuteAsync(string sql, params object[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.PrepareAsync();
            await command.ExecuteScalarAsync();
        }
    }

    /// <summary>Commits a durable transaction of an insert and the update of one row that all writers share.</summary>
    public static async Task WriteHotRowAsync(NpgsqlConnection connection)
    {
        const int Shared = -1;
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(UpsertLatest)
                {
                    Parameters = { new() { Value = Shared }, new() { Value = $"{{\"change\":{Guid.NewGuid()}}}" } },
                },
                new(InsertEvent) { Parameters = { new() { Value = Shared }, new() { Value = "{}" } } },
            },
        };
        await batch.ExecuteNonQueryAsync();
    }

    public static async Task CreateTablesAsync(string connectionString)
    {
        await using var dataSource = NpgsqlDataSource.Create(connectionString);
        await using var command = dataSource.CreateCommand(
            """
            create table floor_events (
                id bigint generated always as identity primary key, worker int not null, body text not null);
            create table floor_latest (worker int primary key, body text not null);
            """);
        await command.ExecuteNonQueryAsync();
    }
}
