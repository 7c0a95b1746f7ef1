using System.Net.Sockets;
using Npgsql;

namespace Connectivity.Projections.Database;

/// <summary>
/// A pooled connection does not know that its server was restarted until it is used. Work that left nothing behind is
/// repeated on another connection, so that a database that is back is not answered as unavailable.
/// </summary>
internal static class LostConnections
{
    /// <summary>More than the connections of the pools that use it.</summary>
    private const int MaximumAttempts = 8;

    /// <param name="work">Leaves nothing behind where it throws a database error.</param>
    public static async Task<T> RepeatAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (NpgsqlException error) when (IsLost(error) && attempt < MaximumAttempts)
            {
                // The next connection of the pool may be lost as well.
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
