using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>Queries a host's database directly.</summary>
public static class StoredData
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        return connection;
    }

    public static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    public static Task<long> EventsAsync(string connectionString) =>
        CountAsync(connectionString, "connectivity.mt_events");

    public static Task<long> RecordsAsync(string connectionString) =>
        CountAsync(connectionString, ConnectivitySchema.Records);

    /// <summary>Every record with its tenant and stream id, byte for byte.</summary>
    public static async Task<IReadOnlyList<string>> RecordTextsAsync(string connectionString)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(
            $"select tenant_id || ' ' || id || ' ' || data::text from {ConnectivitySchema.Records} order by 1",
            connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var records = new List<string>();
        while (await reader.ReadAsync(Ct)) records.Add(reader.GetString(0));
        return records;
    }

    private static async Task<long> CountAsync(string connectionString, string table)
    {
        await using var connection = await OpenAsync(connectionString);
        await using var command = new NpgsqlCommand($"select count(*) from {table}", connection);
        return (long)(await command.ExecuteScalarAsync(Ct))!;
    }
}
