using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// Held by a host that brings the schema up to date, and for a moment by a purge. Two hosts would conflict on an empty
/// database, and a starting host creates the sequences of the generations that it read: a purge must not remove them
/// between the two.
/// </summary>
internal static class SchemaLock
{
    /// <summary>Takes the lock until the connection's transaction ends.</summary>
    public static async Task TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "select pg_advisory_xact_lock(hashtextextended('connectivity schema', 0))", connection);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
