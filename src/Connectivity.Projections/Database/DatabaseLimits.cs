using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// Database timeouts, in seconds: while the database is unreachable or hangs, a request to it fails within
/// <see cref="Command"/> + <see cref="Connect"/> + <see cref="Cancellation"/>. A value in the connection string takes
/// precedence. Commands that may take longer set their own timeout: the schema, a purge, a rebuild, the deletion of a
/// thing. Listening has none.
/// </summary>
public static class DatabaseLimits
{
    /// <summary>
    /// For a connection, new or from an exhausted pool. Short: Npgsql cancels a timed-out command over a second
    /// connection, and blocks a thread in the meantime.
    /// </summary>
    public const int Connect = 3;

    /// <summary>
    /// For the result of a command. Every statement that serves a request takes milliseconds; the rest is waiting for
    /// locks.
    /// </summary>
    public const int Command = 5;

    /// <summary>For a cancelled command to end; after that the connection is closed.</summary>
    public const int Cancellation = 1;

    internal static void Apply(NpgsqlConnectionStringBuilder connection)
    {
        if (!connection.ShouldSerialize("Timeout")) connection.Timeout = Connect;
        if (!connection.ShouldSerialize("Command Timeout")) connection.CommandTimeout = Command;
        if (!connection.ShouldSerialize("Cancellation Timeout")) connection.CancellationTimeout = Cancellation * 1000;
        // By default Npgsql negotiates GSS encryption first, and waits a second time where the server does not answer.
        if (!connection.ShouldSerialize("GSS Encryption Mode"))
            connection.GssEncryptionMode = GssEncryptionMode.Disable;
    }
}
