using Connectivity.Domain.Lifecycle;

namespace Connectivity.Domain.History;

/// <summary>
/// The sessions of a thing, and what they add to the counts of its fleet, as events are appended to its stream. Live
/// append, rebuild and upgrade all use it, with every event in the order of the stream.
/// </summary>
/// <remarks>
/// While events come in order, only the newest session is needed. <see cref="NeedsOlder"/> tells when older ones are:
/// those that began within <see cref="Timeline.Reach"/> of the event, and the nearest ones before and after.
/// </remarks>
public sealed class ThingHistory
{
    private readonly List<Session> _sessions;
    private readonly List<Session> _formerlyStored;
    private Session? _newest;

    /// <param name="record">Before the first event that is appended.</param>
    /// <param name="sessions">
    /// The stored sessions as far as they are needed; with or without the newest one, which the record contains.
    /// </param>
    public ThingHistory(ConnectivityRecord record, IEnumerable<Session> sessions)
    {
        _newest = Session.Of(record);
        _sessions = [.. sessions];
        if (_newest is not null)
        {
            if (_newest.End is not null) _sessions.Remove(_newest);
            _sessions.Add(_newest);
        }

        _sessions.Sort(Timeline.ByStart);
        _formerlyStored = [.. Stored];
    }

    /// <summary>All sessions that are known, in the order of their starts.</summary>
    public IReadOnlyList<Session> Sessions => _sessions;

    /// <summary>
    /// The sessions that are stored: all but a newest one that has not ended, which is the one of the record.
    /// </summary>
    public IEnumerable<Session> Stored =>
        _sessions.Where(session => session.End is not null || !ReferenceEquals(session, _newest));

    /// <summary>What is no longer stored as it was.</summary>
    public IEnumerable<Session> Removed => Except(_formerlyStored, Stored);

    /// <summary>What is stored in its place, and what is new.</summary>
    public IEnumerable<Session> Added => Except(Stored, _formerlyStored);

    private static IEnumerable<Session> Except(IEnumerable<Session> sessions, IEnumerable<Session> others) =>
        sessions.Except(others, ReferenceEqualityComparer.Instance).Cast<Session>();

    /// <summary>Whether sessions older than the newest one are needed to append these events.</summary>
    public static bool NeedsOlder(ConnectivityRecord record, IEnumerable<AppendedEvent> events)
    {
        var newest = Session.Of(record);
        foreach (var appended in events)
        {
            var next = Next(newest, appended);
            if (next is null || !Follows(newest, next)) return true;
            newest = next;
        }

        return false;
    }

    /// <param name="before">The record before the event.</param>
    public void Append(ConnectivityRecord before, AppendedEvent appended, FleetCounts counts)
    {
        CountRecorded(before, appended, counts);
        var next = Next(_newest, appended);
        var isNewest = next is not null;
        var former = next is null ? FindLate(appended.Event.Connection)
            : next.Connection == _newest?.Connection ? _newest : null;
        next ??= former?.With(appended.Event) ?? Session.Of(appended.Event);
        if (ReferenceEquals(next, former)) return;

        CountSession(former, -1, counts);
        CountSession(next, 1, counts);
        var followed = isNewest && Follows(_newest, next) ? _newest : null;
        var isLast = _newest is null || followed is not null;
        var neighbours = isLast
            ? followed is null ? [] : [followed]
            : Window(Earlier(former?.Start, next.Start), Later(former?.Start, next.Start), former);
        Count(neighbours, -1, counts);
        if (former is not null) RemoveFrom(neighbours, former);
        Insert(neighbours, next);
        Count(neighbours, 1, counts);

        if (former is not null) RemoveFrom(_sessions, former);
        Insert(_sessions, next);
        if (isNewest) _newest = next;
    }

    /// <summary>The newest session after the event, if it is one of it; null if it is of an older one.</summary>
    private static Session? Next(Session? newest, AppendedEvent appended) =>
        newest?.Connection == appended.Event.Connection ? newest.With(appended.Event)
        : appended.Record.Latest!.Connection == appended.Event.Connection ? Session.Of(appended.Event)
        : null;

    /// <summary>Whether the session changes no other one but the newest so far, which it continues or follows.</summary>
    private static bool Follows(Session? newest, Session next) => newest is null
        || (next.Connection == newest.Connection ? next.Start == newest.Start : next.Start >= newest.Start);

    private static void CountRecorded(ConnectivityRecord before, AppendedEvent appended, FleetCounts counts)
    {
        var (left, entered) = (ThingState.Of(before), ThingState.Of(appended.Record)!);
        if (left == entered) return;
        if (left is not null) counts.Add(FleetMeasure.StateByRecordedAt, appended.RecordedAt, left, -1);
        counts.Add(FleetMeasure.StateByRecordedAt, appended.RecordedAt, entered, 1);
    }

    private static void CountSession(Session? session, int number, FleetCounts counts)
    {
        if (session?.ConnectedAt is { } connectedAt)
            counts.Add(FleetMeasure.Connects, connectedAt, ThingState.Connected, number);
        if (session?.End is { } end) counts.Add(FleetMeasure.Disconnects, end.At, end.Reason, number);
    }

    private static void Count(IEnumerable<Session> sessions, int number, FleetCounts counts)
    {
        foreach (var span in Timeline.Spans(sessions)) counts.Add(span, number);
    }

    /// <summary>The session of an event that is older than the newest: of those with its pair the latest.</summary>
    private Session? FindLate(ConnectionKey connection) =>
        _sessions.FindLast(session => session.Connection == connection && !ReferenceEquals(session, _newest));

    /// <summary>The sessions on which the states from the first time on may depend, until those of the last do not.</summary>
    private List<Session> Window(DateTimeOffset first, DateTimeOffset last, Session? former)
    {
        var before = _sessions.FindLast(session => session.Start < first && !ReferenceEquals(session, former))?.Start ?? first;
        var begin = _sessions.FindIndex(session => session.Start >= before - Timeline.Reach);
        var end = _sessions.FindIndex(session => session.Start > last + Timeline.Reach);
        return begin < 0 ? [] : _sessions[begin..(end < 0 ? _sessions.Count : end + 1)];
    }

    private static void RemoveFrom(List<Session> sessions, Session session) =>
        sessions.RemoveAt(sessions.FindLastIndex(other => ReferenceEquals(other, session)));

    private static void Insert(List<Session> sessions, Session session)
    {
        var index = sessions.BinarySearch(session, Timeline.ByStart);
        sessions.Insert(index < 0 ? ~index : index, session);
    }

    private static DateTimeOffset Earlier(DateTimeOffset? first, DateTimeOffset second) =>
        first < second ? first.Value : second;

    private static DateTimeOffset Later(DateTimeOffset? first, DateTimeOffset second) =>
        first > second ? first.Value : second;
}
