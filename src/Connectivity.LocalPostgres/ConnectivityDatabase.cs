using Npgsql;

namespace Connectivity.LocalPostgres;

/// <summary>The database <c>connectivity</c> in the cluster, and its connection string.</summary>
internal static class ConnectivityDatabase
{
    private const string Name = "connectivity";

    public static string ConnectionString(PostmasterFile running, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = running.SocketDirectory == SocketDirectory.None ? "127.0.0.1" : running.SocketDirectory,
        Port = running.Port,
        Username = ClusterCreation.UserName,
        Password = password,
        Database = Name,
    }.ConnectionString;

    public static async Task<bool> AnswersAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(connectionString, Name, ct);
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>
    /// Returns whether the server is replaying an archive; null if it does not answer. Any other error is reported by
    /// the next connection.
    /// </summary>
    public static async Task<bool?> IsBeingRestoredAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(connectionString, "postgres", ct);
            await using var query = new NpgsqlCommand("SELECT pg_is_in_recovery()", connection);
            return (bool?)await query.ExecuteScalarAsync(ct);
        }
        catch (PostgresException refused)
        {
            return refused.SqlState == PostgresErrorCodes.CannotConnectNow;
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }

    /// <summary>Creates the database at the first start, or at the next one if that was interrupted.</summary>
    public static async Task EnsureExistsAsync(string connectionString, CancellationToken ct)
    {
        try
        {
            await using var connection = await OpenAsync(connectionString, "postgres", ct);
            await using var find = new NpgsqlCommand($"SELECT 1 FROM pg_database WHERE datname = '{Name}'", connection);
            if (await find.ExecuteScalarAsync(ct) is not null) return;
            await using var create = new NpgsqlCommand($"CREATE DATABASE {Name}", connection);
            await create.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InvalidPassword)
        {
            throw new LocalPostgresException(
                "PostgreSQL refuses the password in its folder: the file `password` does not belong to the folder " +
                "`data`. The data is unchanged. Restore the file that was created with it.");
        }
        catch (NpgsqlException failed)
        {
            throw new LocalPostgresException(
                $"PostgreSQL runs, but does not serve the database {Name}: {failed.Message}");
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(
        string connectionString, string database, CancellationToken ct)
    {
        // Not pooled, so that the session ends with its use.
        var unpooled = new NpgsqlConnectionStringBuilder(connectionString) { Database = database, Pooling = false };
        var connection = new NpgsqlConnection(unpooled.ConnectionString);
        try
        {
            await connection.OpenAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
