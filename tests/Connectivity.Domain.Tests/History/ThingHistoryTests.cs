using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;

namespace Connectivity.Domain.Tests.History;

/// <summary>
/// Whatever a conforming source's events arrive in: the sessions are the true ones, the state at any time is that of
/// the newest connection that had begun, and the counts are those of these states.
/// </summary>
public sealed class ThingHistoryTests
{
    private const string ThingId = "5b6f0b5e-6f0e-4a0a-9c38-2d2b8f6f3c11";

    [Fact]
    public void The_state_at_any_time_is_that_of_the_newest_connection_that_had_begun() =>
        ConformingSource.Deliveries().Sample(
            delivery =>
            {
                var (history, counts) = Fold(delivery.Arrivals, reloads: false);
                var truth = TrueSessions(delivery.Arrivals);
                foreach (var time in Times(truth.Values))
                {
                    var expected = truth.Where(session => session.Value.Start <= time)
                        .OrderBy(session => session.Key).Select(session => session.Value.StateAt(time)).LastOrDefault();
                    var actual = Timeline.Newest(history.Sessions.Where(session => session.Start <= time))?.StateAt(time);
                    if (actual != expected)
                        throw new InvalidOperationException($"{time:O}: {actual} and not {expected}");
                    var span = Timeline.Spans(history.Sessions)
                        .Where(span => span.From <= time && !(span.Until <= time)).Select(span => span.State);
                    if (!span.SequenceEqual(expected is null ? [] : [expected]))
                        throw new InvalidOperationException($"{time:O}: {string.Join(",", span)} and not {expected}");
                }

                Same(counts, Counts(truth.Values, Timeline.Spans(history.Sessions)), FleetMeasure.StateByRecordedAt);
            },
            iter: 50_000, print: delivery => delivery.ToString());

    [Fact]
    public void With_the_few_sessions_that_an_event_needs_it_counts_what_it_counts_with_all() =>
        Gen.OneOf(ConformingSource.Deliveries().Select(delivery => delivery.Arrivals), AnySource).Sample(
            arrivals =>
            {
                var (all, counted) = Fold(arrivals, reloads: false);
                var (few, countedOfFew) = Fold(arrivals, reloads: true);
                if (!all.Sessions.SequenceEqual(few.Sessions)) throw new InvalidOperationException($"other sessions:\n{string.Join("\n", few.Sessions)}\nand not\n{string.Join("\n", all.Sessions)}");
                Same(countedOfFew, counted);
            },
            iter: 20_000, print: arrivals => TrueHistory.Print(arrivals));

    /// <summary>Two sources report one client.</summary>
    private static readonly Gen<IReadOnlyList<Report>> AnySource =
        from first in ConformingSource.Deliveries(source: "one")
        from second in ConformingSource.Deliveries(source: "two")
        from order in Gen.Int[0, 1].Array[first.Arrivals.Count + second.Arrivals.Count]
        select Merge(first.Arrivals, second.Arrivals, order);

    private static IReadOnlyList<Report> Merge(
        IReadOnlyList<Report> first, IReadOnlyList<Report> second, int[] order)
    {
        var (merged, i, j) = (new List<Report>(), 0, 0);
        foreach (var next in order)
            merged.Add(j == second.Count || (next == 0 && i < first.Count) ? first[i++] : second[j++]);
        return merged;
    }

    /// <param name="reloads">Whether each event gets only the sessions that a store would load for it.</param>
    private static (ThingHistory History, FleetCounts Counts) Fold(IReadOnlyList<Report> arrivals, bool reloads)
    {
        var record = ConnectivityRecord.NeverConnected(ThingId);
        var counts = new FleetCounts();
        var history = new ThingHistory(record, []);
        var stored = new List<Session>();
        foreach (var (i, e) in arrivals.Select(report => report.Event).Index())
        {
            var before = record;
            record = ConnectivityRecord.Evolve(record, e);
            var appended = new AppendedEvent(Guid.Empty, e, record == before, e.OccurredAt.AddSeconds(i), record);
            if (!reloads)
            {
                history.Append(before, appended, counts);
                continue;
            }

            var loaded = ThingHistory.NeedsOlder(before, [appended]) ? Loaded(stored, before, e) : [];
            var some = new ThingHistory(before, loaded);
            some.Append(before, appended, counts);
            foreach (var session in some.Removed) stored.Remove(session).ShouldBeTrue();
            stored.AddRange(some.Added);
        }

        return reloads
            ? (new ThingHistory(record, stored), counts)
            : (history, counts);
    }

    private static List<Session> Loaded(List<Session> stored, ConnectivityRecord record, LifecycleEvent e)
    {
        List<Session> known = Session.Of(record) is { } newest ? [.. stored, newest] : stored;
        var (from, to) = SessionRange.Of([e], known.Where(session => session.Connection == e.Connection));
        var first = known.Where(session => session.Start < from).Select(session => session.Start)
            .DefaultIfEmpty(from).Max() - Timeline.Reach;
        var last = stored.Where(session => session.Start > to + Timeline.Reach).Select(session => session.Start)
            .DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        return [.. stored.Where(session => session.Start >= first && session.Start <= last)];
    }

    private static Dictionary<int, Session> TrueSessions(IEnumerable<Report> arrivals) => arrivals
        .GroupBy(report => report.Ordinal)
        .ToDictionary(
            reports => reports.Key,
            reports => reports.Skip(1).Aggregate(
                Session.Of(reports.First().Event), (session, report) => session.With(report.Event)));

    private static IEnumerable<DateTimeOffset> Times(IEnumerable<Session> sessions) => sessions
        .SelectMany(session => new[] { session.Start, session.End?.At ?? session.Start })
        .SelectMany(time => new[] { time.AddMilliseconds(-1), time, time.AddMilliseconds(1) })
        .Append(DateTimeOffset.MaxValue);

    private static FleetCounts Counts(IEnumerable<Session> sessions, IEnumerable<StateSpan> spans)
    {
        var counts = new FleetCounts();
        foreach (var session in sessions)
        {
            if (session.ConnectedAt is { } at) counts.Add(FleetMeasure.Connects, at, ThingState.Connected, 1);
            if (session.End is { } end) counts.Add(FleetMeasure.Disconnects, end.At, end.Reason, 1);
        }

        foreach (var span in spans)
        {
            counts.Add(FleetMeasure.StateByOccurredAt, span.From, span.State, 1);
            if (span.Until is { } until) counts.Add(FleetMeasure.StateByOccurredAt, until, span.State, -1);
        }

        return counts;
    }

    private static void Same(FleetCounts actual, FleetCounts expected, FleetMeasure? except = null)
    {
        var difference = new FleetCounts();
        difference.Add(actual, 1);
        difference.Add(expected, -1);
        foreach (var (count, number) in difference.Changes)
            if (count.Measure != except) throw new InvalidOperationException($"{count}: {number} too many");
    }
}
