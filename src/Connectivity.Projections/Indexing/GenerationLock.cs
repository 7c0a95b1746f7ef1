using System.Diagnostics;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// Held by a transaction, shared, from its decision on events or things to its commit; exclusively to turn indexing on
/// or off. So a decision made in a generation is committed in it. An advisory lock: every ingest takes it, and a row
/// lock would write each time.
/// </summary>
internal static class GenerationLock
{
    public const string SharedSql = "select pg_advisory_xact_lock_shared(hashtextextended($1, 0))";
    private const string ExclusiveSql = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

    /// <summary>How long ingest of the account waits behind a request for the exclusive lock.</summary>
    private const string WaitBriefly = "savepoint waiting; set local lock_timeout = '200ms'";

    private const string StopWaiting = "set local lock_timeout = default; release savepoint waiting";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(300);

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    public static string Key(Account account) => $"connectivity generation {account}";

    /// <summary>
    /// Takes the exclusive lock until the transaction ends. Requests it for a moment at a time, because requests for
    /// the shared lock wait behind it.
    /// </summary>
    /// <exception cref="DatabaseBusyException">The lock was held too long.</exception>
    public static async Task TakeExclusiveAsync(
        NpgsqlConnection connection, Account account, CancellationToken cancellationToken)
    {
        for (var waiting = Stopwatch.StartNew(); ;)
        {
            await ExecuteAsync(new NpgsqlCommand(WaitBriefly, connection));
            try
            {
                await ExecuteAsync(new NpgsqlCommand(ExclusiveSql, connection).With(Key(account)));
                await ExecuteAsync(new NpgsqlCommand(StopWaiting, connection));
                return;
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.LockNotAvailable)
            {
                await ExecuteAsync(new NpgsqlCommand("rollback to savepoint waiting", connection));
            }

            if (waiting.Elapsed > Timeout) throw new DatabaseBusyException();
            await Task.Delay(RetryDelay, cancellationToken);
        }

        async Task ExecuteAsync(NpgsqlCommand command)
        {
            await using (command) await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
