using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>What the database's faults mean. Marten wraps them, and tells the values of the command in its message: only what is inside is for logs.</summary>
public static class DatabaseErrors
{
    /// <summary>The database's own fault inside an exception, or null where there is none.</summary>
    public static NpgsqlException? In(Exception? exception) => exception switch
    {
        null => null,
        NpgsqlException error => error,
        _ => In(exception.InnerException),
    };

    /// <summary>
    /// Whether the database could not be reached or is not taking work: no connection, connections used up, starting, stopping, read-only,
    /// out of resources, or so contended that the transaction lost to others each time it was tried.
    /// </summary>
    public static bool IsUnavailable(Exception exception) => In(exception) switch
    {
        null => exception is WritesRefusedException,
        _ when WasRolledBack(exception) => true,
        PostgresException postgres =>
            postgres.SqlState[..2] is "08" or "53" or "57" or "58" || postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction,
        _ => true,
    };

    /// <summary>Whether the database is read-only, or has no space or no working disk to write to.</summary>
    public static bool RefusesWrites(Exception exception) => In(exception) is PostgresException
    {
        SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError
    };

    /// <summary>Whether it is the values that the database can't hold: the same again fails again.</summary>
    public static bool IsOfValues(Exception exception) => In(exception) is PostgresException { SqlState: ['2', '2', ..] or ['5', '4', ..] };

    /// <summary>Whether the transaction lost to another and is known to have been rolled back as a whole: doing it again can't do it twice.</summary>
    public static bool WasRolledBack(Exception exception) =>
        In(exception) is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };
}
