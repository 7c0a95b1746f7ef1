namespace Connectivity.Domain.Lifecycle;

/// <summary>Which times an event may have, by the database's clock, which is the same for every host.</summary>
public static class EventTime
{
    /// <summary>How far a source's clock may be from the truth, either way.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>Seconds mistaken for milliseconds give a time in January 1970. No event is older than this.</summary>
    public static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time truncated to whole milliseconds, the precision of event times.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset time) =>
        new(time.Ticks - time.Ticks % TimeSpan.TicksPerMillisecond, time.Offset);

    /// <summary>The error in the time, or null.</summary>
    public static string? Validate(DateTimeOffset occurredAt, DateTimeOffset now) =>
        occurredAt < Earliest ? LooksLikeSeconds("timestamp")
        : occurredAt > now + Tolerance
            ? "timestamp is in the future: it is more than 2 minutes ahead of the database's clock"
        : null;

    /// <summary>The error in the time at which a connection began, as its end gives it, or null.</summary>
    public static string? ValidateConnectedAt(DateTimeOffset connectedAt, DateTimeOffset occurredAt) =>
        connectedAt < Earliest ? LooksLikeSeconds("connectedAt")
        : connectedAt > occurredAt ? "connectedAt is after timestamp"
        : null;

    private static string LooksLikeSeconds(string member) =>
        $"{member} looks like seconds: it must be milliseconds since 1970, and not before the year 2000";
}
