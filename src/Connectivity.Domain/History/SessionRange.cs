using Connectivity.Domain.Lifecycle;

namespace Connectivity.Domain.History;

/// <summary>
/// The starts between which events change sessions. What they need beside these: the last session before, those that
/// began within <see cref="Timeline.Reach"/> before that one, and all after up to the first that began later than
/// <see cref="Timeline.Reach"/> after.
/// </summary>
public readonly record struct SessionRange(DateTimeOffset First, DateTimeOffset Last)
{
    /// <param name="sessions">The stored sessions of the events' connections.</param>
    public static SessionRange Of(IEnumerable<LifecycleEvent> events, IEnumerable<Session> sessions)
    {
        var (first, last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
        foreach (var start in events.Select(e => e.ConnectionTime).Concat(sessions.Select(session => session.Start)))
        {
            if (start < first) first = start;
            if (start > last) last = start;
        }

        return new SessionRange(first, last);
    }
}
