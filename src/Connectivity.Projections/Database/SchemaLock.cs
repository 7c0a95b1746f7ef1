using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// Held by a host that brings the schema up to date, and by a purge. Two hosts would stumble over each other on an empty database, and one
/// that starts makes up for what a generation seems to lack: it would bring back what a purge has just removed.
/// </summary>
internal static class SchemaLock
{
    /// <summary>Takes the lock until the connection's transaction ends.</summary>
    public static async Task TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('connectivity schema', 0))", connection);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
