using System.Net.Sockets;
using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// A pooled connection does not know that its server was restarted until it is used. Work that left nothing behind is
/// repeated on a new connection, so that a database that is back is not answered as unavailable.
/// </summary>
public static class LostConnections
{
    /// <summary>A second loss is one of a connection that was opened a moment ago.</summary>
    private const int MaximumAttempts = 3;

    /// <param name="work">Uses the pool, and leaves nothing behind where it throws a database error.</param>
    public static async Task<T> RepeatAsync<T>(NpgsqlDataSource pool, Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (NpgsqlException error) when (IsLost(error) && attempt < MaximumAttempts)
            {
                // What ended one connection has ended the idle ones, too.
                pool.Clear();
            }
        }
    }

    private static bool IsLost(NpgsqlException error) => error switch
    {
        PostgresException postgres =>
            postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        _ => error.InnerException is IOException or SocketException,
    };
}
