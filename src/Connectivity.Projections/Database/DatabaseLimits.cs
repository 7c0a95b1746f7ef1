using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// How long the database is waited for, in seconds: what is asked of it while it is away or stands still fails within
/// <see cref="Command"/> + <see cref="Connect"/> + <see cref="Cancellation"/>. A connection string that names another value holds. Commands that
/// may take longer say so where they are: the schema, a purge, a rebuild, the deletion of a thing. Listening has no limit.
/// </summary>
public static class DatabaseLimits
{
    /// <summary>
    /// For a connection, new or out of a pool that is used up. Short: Npgsql sends the cancellation of a command that has taken too long on a
    /// connection of its own, and a thread stands still meanwhile.
    /// </summary>
    public const int Connect = 3;

    /// <summary>For the answer to a command. Every statement that serves a request is one of milliseconds; the rest is waiting for locks.</summary>
    public const int Command = 5;

    /// <summary>For a command that was cancelled to end; a server that does not even do that is given up.</summary>
    public const int Cancellation = 1;

    internal static void Apply(NpgsqlConnectionStringBuilder connection)
    {
        if (!connection.ShouldSerialize("Timeout")) connection.Timeout = Connect;
        if (!connection.ShouldSerialize("Command Timeout")) connection.CommandTimeout = Command;
        if (!connection.ShouldSerialize("Cancellation Timeout")) connection.CancellationTimeout = Cancellation * 1000;
        // Left to itself, Npgsql asks each server first whether it speaks Kerberos, and waits a second time where it does not answer.
        if (!connection.ShouldSerialize("GSS Encryption Mode")) connection.GssEncryptionMode = GssEncryptionMode.Disable;
    }
}
