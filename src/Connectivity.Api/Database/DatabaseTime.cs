using Connectivity.Api.Telemetry;
using Connectivity.Domain.Lifecycle;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// The database's time as the host knows it: the last reading of the database's clock plus the time elapsed since, so
/// that setting the host's clock changes nothing. The gateway stamps its events with it, because the database's clock
/// judges their times.
/// </summary>
public sealed class DatabaseTime(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<DatabaseTime> logger)
    : TimeProvider
{
    private volatile Reading? _last;
    private int _wrong;

    /// <summary>
    /// Whether the host's clock is within 2 minutes of the database's, as last measured; false before that.
    /// </summary>
    public bool HostClockIsRight => _last?.IsRight ?? false;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);

    public override DateTimeOffset GetUtcNow() =>
        _last is { } last ? last.Time + clock.GetElapsedTime(last.Timestamp) : clock.GetUtcNow();

    /// <summary>Compares the clocks. The round trip does not count as a difference.</summary>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select clock_timestamp()");
        var (sentAt, timestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        var databaseTime = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
        var receivedAt = sentAt + clock.GetElapsedTime(timestamp);
        var ahead = databaseTime < sentAt ? sentAt - databaseTime
            : databaseTime > receivedAt ? receivedAt - databaseTime
            : TimeSpan.Zero;
        var last = _last = new Reading(sentAt - ahead, timestamp, IsRight: ahead.Duration() <= EventTime.Tolerance);
        var wrong = last.IsRight ? 0 : 1;
        if (Interlocked.Exchange(ref _wrong, wrong) == wrong) return;
        if (last.IsRight) logger.ClockIsRight();
        else logger.ClockIsWrong(ahead.TotalSeconds);
    }

    private sealed record Reading(DateTimeOffset Time, long Timestamp, bool IsRight);
}
