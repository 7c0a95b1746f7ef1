using Connectivity.Api.Telemetry;
using Connectivity.Domain.Lifecycle;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// The database's time as the host knows it: its own clock, set right by what the database's showed last. Only elapsed time counts in between, so
/// that a clock that is set anew meanwhile changes nothing. What the gateway reports bears this time: one clock judges.
/// </summary>
public sealed class DatabaseTime(NpgsqlDataSource dataSource, TimeProvider clock, ILogger<DatabaseTime> logger) : TimeProvider
{
    private volatile Reading? _last;
    private int _wrong;

    /// <summary>Whether the host's clock is within 2 minutes of the database's, as last measured; false before that.</summary>
    public bool HostClockIsRight => _last?.IsRight ?? false;

    public override long TimestampFrequency => clock.TimestampFrequency;

    public override long GetTimestamp() => clock.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        clock.CreateTimer(callback, state, dueTime, period);

    public override DateTimeOffset GetUtcNow() =>
        _last is { } last ? last.Time + clock.GetElapsedTime(last.Timestamp) : clock.GetUtcNow();

    /// <summary>Compares the clocks. How long the question and the answer travel is not taken for a difference.</summary>
    /// <exception cref="NpgsqlException">The database did not answer.</exception>
    public async Task MeasureAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("select clock_timestamp()");
        var (asked, timestamp) = (clock.GetUtcNow(), clock.GetTimestamp());
        var judged = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);
        var answered = asked + clock.GetElapsedTime(timestamp);
        var ahead = judged < asked ? asked - judged : judged > answered ? answered - judged : TimeSpan.Zero;
        var last = _last = new Reading(asked - ahead, timestamp, IsRight: ahead.Duration() <= EventTime.Tolerance);
        var wrong = last.IsRight ? 0 : 1;
        if (Interlocked.Exchange(ref _wrong, wrong) == wrong) return;
        if (last.IsRight) logger.ClockIsRight();
        else logger.ClockIsWrong(ahead.TotalSeconds);
    }

    private sealed record Reading(DateTimeOffset Time, long Timestamp, bool IsRight);
}
