namespace Connectivity.Domain.History;

/// <summary>
/// Which state a thing was in at which time, as known now: that of the newest of the sessions that had begun by then.
/// </summary>
public static class Timeline
{
    /// <summary>
    /// Sessions that began earlier than this before another one are older than it, whatever their version numbers are.
    /// </summary>
    public static readonly TimeSpan Reach = Lifecycle.ConnectionOrder.FallBack;

    /// <summary>The order in which sessions are taken.</summary>
    public static readonly IComparer<Session> ByStart = Comparer<Session>.Create(static (first, second) =>
        Key(first).CompareTo(Key(second)) is not 0 and var order ? order
        : string.CompareOrdinal(first.Connection.SessionIdentifier, second.Connection.SessionIdentifier)
            is not 0 and var byIdentifier ? byIdentifier
        : string.CompareOrdinal(first.Connection.Source, second.Connection.Source) is not 0 and var bySource ? bySource
        : string.CompareOrdinal(first.End?.Reason, second.End?.Reason));

    private static (DateTimeOffset, long, DateTimeOffset?, DateTimeOffset?) Key(Session session) =>
        (session.Start, session.Connection.VersionNumber, session.ReportedConnect, session.End?.At);

    /// <summary>The newest of sessions that are in the order of their starts; null if there are none.</summary>
    public static Session? Newest(IEnumerable<Session> sessions)
    {
        Session? newest = null;
        foreach (var session in sessions)
            if (newest is null || session.IsNewerThan(newest)) newest = session;
        return newest;
    }

    /// <summary>The states that sessions, which are in the order of their starts, put a thing in.</summary>
    public static IEnumerable<StateSpan> Spans(IEnumerable<Session> sessions)
    {
        Session? newest = null;
        foreach (var session in sessions)
        {
            if (newest is not null)
            {
                if (!session.IsNewerThan(newest)) continue;
                foreach (var span in Spans(newest, session.Start)) yield return span;
            }

            newest = session;
        }

        if (newest is null) yield break;
        foreach (var span in Spans(newest, until: null)) yield return span;
    }

    /// <summary>The states of one session until a newer one began.</summary>
    private static IEnumerable<StateSpan> Spans(Session session, DateTimeOffset? until)
    {
        if (session.ConnectedAt is { } connectedAt)
        {
            var ended = session.End is { } end && !(end.At > until) ? end.At : until;
            if (!(connectedAt >= ended))
                yield return new StateSpan(ThingState.Connected, session.Connection, connectedAt, ended);
        }

        // By clocks that differ, an end can be earlier than its connect.
        if (session.End is { } last && Later(last.At, session.Start) is var from && !(from >= until))
            yield return new StateSpan(last.Reason, session.Connection, from, until);

        static DateTimeOffset Later(DateTimeOffset first, DateTimeOffset second) => first > second ? first : second;
    }
}

/// <summary>A time in which a thing was in one state.</summary>
/// <param name="State"><see cref="ThingState"/>.</param>
/// <param name="Connection">The session that it is the state of.</param>
/// <param name="From">The first moment of it.</param>
/// <param name="Until">The first moment after it; null where it lasts.</param>
public readonly record struct StateSpan(
    string State, Lifecycle.ConnectionKey Connection, DateTimeOffset From, DateTimeOffset? Until);
