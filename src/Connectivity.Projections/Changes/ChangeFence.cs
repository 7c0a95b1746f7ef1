using System.Diagnostics;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Changes;

/// <summary>
/// Waits until no number below one that is visible can still be committed. A number is drawn before the commit: 101 may
/// be visible while 100 is under way, and a reader that goes on from 101 never sees 100. A writer that drew a number
/// holds the append lock from before to its end, and PostgreSQL makes a commit visible before it releases its locks.
/// So, once none of those that held the lock after the greatest number was read holds it any more, the gaps that remain
/// below it are dead.
/// </summary>
internal sealed class ChangeFence(NpgsqlDataSource dataSource)
{
    /// <summary>A wait that is longer is reported.</summary>
    public static readonly TimeSpan LongWait = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan LongestInterval = TimeSpan.FromMilliseconds(50);

    // Of the two halves of the key, pg_locks has classid and objid. Source: PostgreSQL documentation, pg_locks.
    private const string Holders =
        """
        select virtualtransaction, pid from pg_locks, hashtextextended($1, 0) as key
        where locktype = 'advisory' and granted and objsubid = 1
          and database = (select oid from pg_database where datname = current_database())
          and classid = ((key >> 32) & 4294967295)::oid and objid = (key & 4294967295)::oid
        """;

    /// <summary>To be called after the greatest number was read.</summary>
    /// <param name="onLongWait">
    /// Called once if it waits long: with the process of the database that holds the lock.
    /// </param>
    /// <returns>How long it waited.</returns>
    public async Task<TimeSpan> WaitAsync(
        Account account, Action<int> onLongWait, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var noted = await HoldersAsync(account, cancellationToken);
        var reported = false;
        for (var interval = Interval; noted.Count > 0; interval = Later(interval))
        {
            await Task.Delay(interval, cancellationToken);
            var holding = await HoldersAsync(account, cancellationToken);
            noted = noted.Where(holder => holding.ContainsKey(holder.Key)).ToDictionary();
            if (reported || noted.Count == 0 || Stopwatch.GetElapsedTime(started) < LongWait) continue;
            reported = true;
            onLongWait(noted.Values.First());
        }

        return Stopwatch.GetElapsedTime(started);
    }

    private static TimeSpan Later(TimeSpan interval) => interval < LongestInterval ? interval * 2 : LongestInterval;

    /// <summary>By virtual transaction, the process.</summary>
    private Task<Dictionary<string, int>> HoldersAsync(Account account, CancellationToken cancellationToken) =>
        LostConnections.RepeatAsync(dataSource, async () =>
        {
            await using var command = dataSource.CreateCommand(Holders).With(AppendLock.Key(account));
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var holders = new Dictionary<string, int>();
            while (await reader.ReadAsync(cancellationToken)) holders[reader.GetString(0)] = reader.GetInt32(1);
            return holders;
        });
}
