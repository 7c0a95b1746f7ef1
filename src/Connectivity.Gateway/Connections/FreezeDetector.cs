namespace Connectivity.Gateway.Connections;

/// <summary>
/// Detects that this process did not run for longer than its lease: it was stopped, or its machine was suspended. What
/// it finds on waking about a connection, it can't date, until the client is heard again.
/// </summary>
internal sealed class FreezeDetector(TimeProvider clock, TimeProvider wallClock)
{
    private readonly Lock _lock = new();
    private (DateTimeOffset At, TimeSpan Duration)? _lease;
    private (long Timestamp, DateTimeOffset Wall) _lastTick = (clock.GetTimestamp(), wallClock.GetUtcNow());
    private (long WokeAt, DateTimeOffset LastAlive)? _freeze;

    /// <summary>The host has renewed its lease. Before the first time nothing is detected.</summary>
    public void LeaseRenewed(DateTimeOffset at, TimeSpan duration)
    {
        lock (_lock)
        {
            Observe();
            _lease = (at, duration);
        }
    }

    /// <summary>To be called often while the process runs.</summary>
    public void Tick()
    {
        lock (_lock) Observe();
    }

    /// <summary>
    /// The last moment this node was known alive before a freeze since which the client was not heard; null where there
    /// was no freeze.
    /// </summary>
    /// <param name="lastHeard">A timestamp of the clock.</param>
    public DateTimeOffset? LastAlive(long lastHeard)
    {
        lock (_lock)
        {
            Observe();
            return _freeze is { } freeze && lastHeard <= freeze.WokeAt ? freeze.LastAlive : null;
        }
    }

    /// <summary>The monotonic clock stands still while a machine is suspended; the wall clock can be set.</summary>
    private void Observe()
    {
        var (now, wall) = (clock.GetTimestamp(), wallClock.GetUtcNow());
        var elapsed = clock.GetElapsedTime(_lastTick.Timestamp, now);
        if (wall - _lastTick.Wall > elapsed) elapsed = wall - _lastTick.Wall;
        if (_lease is { } lease && elapsed > lease.Duration) _freeze = (now, lease.At);
        _lastTick = (now, wall);
    }
}
