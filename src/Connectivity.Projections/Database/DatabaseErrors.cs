using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// Classifies database errors. Marten wraps them in an exception whose message contains the values of the command: log
/// only the inner exception.
/// </summary>
public static class DatabaseErrors
{
    /// <summary>The session was silent in a transaction for too long, and is closed.</summary>
    private const string IdleInTransaction = "25P03";

    /// <summary>The database's own error inside an exception, or null if it contains no such error.</summary>
    public static NpgsqlException? In(Exception? exception) => exception switch
    {
        null => null,
        NpgsqlException error => error,
        _ => In(exception.InnerException),
    };

    /// <summary>
    /// Whether the database can't be reached or can't work: no connection, connections exhausted, starting, stopping,
    /// read-only, out of resources, locks that are held too long, or so contended that every
    /// attempt of the transaction was rolled back.
    /// </summary>
    public static bool IsUnavailable(Exception exception) => In(exception) switch
    {
        null => exception is WritesRefusedException or DatabaseBusyException,
        _ when WasRolledBack(exception) => true,
        PostgresException postgres =>
            postgres.SqlState[..2] is "08" or "53" or "57" or "58"
            || postgres.SqlState is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable
                or IdleInTransaction,
        _ => true,
    };

    /// <summary>Whether the database is read-only, or has no space or no working disk to write to.</summary>
    public static bool RefusesWrites(Exception exception) => In(exception) is PostgresException
    {
        SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError
    };

    /// <summary>Whether the database can't store the values: a retry fails again.</summary>
    public static bool IsOfValues(Exception exception) =>
        In(exception) is PostgresException { SqlState: ['2', '2', ..] or ['5', '4', ..] };

    /// <summary>
    /// Whether a transaction whose COMMIT failed so may be committed: the connection broke, or the server stopped. Every
    /// other error means that it is rolled back.
    /// </summary>
    public static bool LeavesInDoubt(Exception exception) => In(exception) is { } error
        && (error is not PostgresException postgres
            || postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown);

    /// <summary>
    /// Whether the transaction lost a conflict and is known to be rolled back as a whole: a retry can't apply it twice.
    /// </summary>
    public static bool WasRolledBack(Exception exception) =>
        In(exception) is PostgresException
        {
            SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure
        };
}
