using Npgsql;

namespace Connectivity.Api.Hosting;

/// <summary>Which faults of the database pass by themselves.</summary>
public static class DatabaseFaults
{
    /// <summary>Seconds after which asking again is worth it.</summary>
    public const string RetryAfterSeconds = "1";

    /// <summary>
    /// Whether the database could not be reached or is not taking work: no connection, connections used up, starting, stopping, or out of
    /// resources.
    /// </summary>
    public static bool IsUnavailable(NpgsqlException exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState[..2] is "08" or "53" or "57" or "58" || postgres.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction,
        _ => true,
    };
}
