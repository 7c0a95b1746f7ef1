using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// One purge at a time, of all hosts: PostgreSQL detaches one partition of a table at a time. A lock of the session, as a
/// transaction may hold a snapshot, and a detachment waits for the end of older snapshots.
/// </summary>
internal sealed class PurgeTurn : IAsyncDisposable
{
    private const string Key = "hashtextextended('connectivity purge', 0)";

    private readonly NpgsqlConnection _connection;

    private PurgeTurn(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Waits for the other purges.</summary>
    public static async Task<PurgeTurn> TakeAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var take = new NpgsqlCommand($"select pg_advisory_lock({Key})", connection);
            take.CommandTimeout = 0;
            await take.ExecuteNonQueryAsync(cancellationToken);
            return new PurgeTurn(connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A pool would reset the session only before its next use.</summary>
    public async ValueTask DisposeAsync()
    {
        await using (_connection)
        {
            await using var release = new NpgsqlCommand($"select pg_advisory_unlock({Key})", _connection);
            await release.ExecuteNonQueryAsync();
        }
    }
}
