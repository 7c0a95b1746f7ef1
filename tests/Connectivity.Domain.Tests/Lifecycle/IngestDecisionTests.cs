using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

/// <summary>Given what is stored, when events are submitted, then these are the outcomes and the appends.</summary>
public sealed class IngestDecisionTests
{
    private static readonly Account Account = new("000000000000", "us-east-1");
    private static readonly IndexedPeriod Period = new(ThingId, At(-60), null);
    private static readonly DateTimeOffset Now = At(10);

    private static readonly IngestState On = new(
        Account, 1, Now, new Dictionary<string, IndexedPeriod> { ["thing"] = Period }, new HashSet<string> { "alive" });

    [Fact]
    public void A_first_event_begins_the_stream_and_the_record()
    {
        var connect = Connected("a", 1, 0);

        var decision = Decide(On, null, connect);

        decision.Outcomes.ShouldBe([Outcome.Accepted]);
        var append = decision.Appends.ShouldHaveSingleItem();
        (append.ThingId, append.Before, append.RecordedAt).ShouldBe((ThingId, 0, Now));
        append.Events.ShouldBe(
            [new AppendedEvent(EventId.Of(Account, 1, ThingId, connect), connect, IsLate: false, Now, Record(connect))]);
        append.Record.ShouldBe(Record(connect));
    }

    [Fact]
    public void Events_of_one_commit_see_each_other()
    {
        LifecycleEvent[] events =
            [Connected("b", 2, 5), Connected("a", 1, 0), Connected("b", 2, 5), Disconnected("b", 2, 6)];

        var decision = Decide(On, null, events);

        decision.Outcomes.ShouldBe([Outcome.Accepted, Outcome.Late, Outcome.Duplicate, Outcome.Accepted]);
        var append = decision.Appends.ShouldHaveSingleItem();
        append.Events.Select(identified => identified.Event).ShouldBe([events[0], events[1], events[3]]);
        append.Record.ShouldBe(Record(events[0], events[3]));
    }

    [Fact]
    public void An_event_continues_the_stored_stream()
    {
        var (connect, disconnect) = (Connected("a", 1, 0), Disconnected("a", 1, 1));

        var append = Decide(On, new StoredStream(7, At(9), Record(connect)), disconnect).Appends.Single();

        (append.Before, append.Record).ShouldBe((7, Record(connect, disconnect)));
    }

    [Fact]
    public void An_imported_history_keeps_its_times_of_recording_in_a_stream_that_it_continues()
    {
        SubmittedEvent[] history =
        [
            Imported(Connected("a", 1, 0), At(1), null), Imported(Disconnected("a", 1, 1), At(2), At(1)),
            Imported(Connected("b", 2, 2), At(3), At(2)),
        ];

        Times(Decide(On, null, history)).ShouldBe([At(1), At(2), At(3)]);
        Times(Decide(On, new StoredStream(1, At(1), Record(Connected("a", 1, 0))), history[1..]))
            .ShouldBe([At(2), At(3)]);
        Times(Decide(On, new StoredStream(1, At(1.5), Record(Connected("a", 1, 0))), history[1..]))
            .ShouldBe([Now, Now], "the stream has another event");
        Times(Decide(On, null, history[1..])).ShouldBe([Now, Now], "the history begins earlier");
    }

    [Fact]
    public void An_imported_time_of_recording_is_never_in_the_future_and_never_runs_backwards()
    {
        Times(Decide(On, null, [Imported(Connected("a", 1, 0), At(11), null)])).ShouldBe([Now]);
        Times(Decide(
            On, null,
            [Imported(Connected("a", 1, 0), At(5), null), Imported(Disconnected("a", 1, 1), At(4), At(5))]))
            .ShouldBe([At(5), At(5)]);
    }

    [Fact]
    public void The_time_of_recording_never_runs_backwards_within_a_stream() =>
        Decide(On, new StoredStream(1, Now.AddSeconds(3), Record(Connected("a", 1, 0))), Disconnected("a", 1, 1))
            .Appends.Single().RecordedAt.ShouldBe(Now.AddSeconds(3));

    [Fact]
    public void An_event_that_is_stored_is_a_duplicate_and_appends_nothing()
    {
        var connect = Connected("a", 1, 0);

        var decision = Decide(
            On, new StoredStream(1, Now, Record(connect)), [new SubmittedEvent(connect, Backdating.Disallowed)],
            EventId.Of(Account, 1, ThingId, connect));

        decision.Outcomes.ShouldBe([Outcome.Duplicate]);
        decision.Appends.ShouldBeEmpty();
    }

    [Fact]
    public void Events_that_are_not_to_be_stored_append_nothing()
    {
        Decide(On with { Generation = null }, null, Connected("a", 1, 0)).ShouldBeOnly(Outcome.IndexingOff);
        Decide(On, null, Connected("a", 1, 0) with { ClientId = "stranger" }).ShouldBeOnly(Outcome.NotRegistered);
        Decide(On, null, Connected("a", 1, -63)).ShouldBeOnly(Outcome.BeforeIndexedPeriod);
        Decide(On, null, Connected("a", 1, 13)).Outcomes.Single().Kind.ShouldBe(OutcomeKind.Rejected);
    }

    [Fact]
    public void Older_events_are_stored_where_their_sender_wants_it() =>
        Decide(On, null, [new SubmittedEvent(Connected("a", 1, -9_000), Backdating.Allowed)])
            .Outcomes.ShouldBe([Outcome.Accepted]);

    [Fact]
    public void The_events_of_a_node_that_is_gone_are_ignored_beside_those_of_one_that_is_alive()
    {
        var (first, second) = (Connected("a", 1, 0), Connected("b", 2, 1));

        var decision = Decide(
            On, null,
            [
                new SubmittedEvent(first, Backdating.Disallowed, NodeId: "gone"),
                new SubmittedEvent(second, Backdating.Disallowed, NodeId: "alive"),
            ]);

        decision.Outcomes.ShouldBe([Outcome.NodeGone, Outcome.Accepted]);
        decision.Appends.Single().Events.Single().Event.ShouldBe(second);
    }

    [Fact]
    public void An_event_that_claims_a_source_is_a_duplicate_or_rejected_and_never_stored()
    {
        var (stored, old) = (Connected("a", 1, 0), Connected("b", 2, -9_000));
        SubmittedEvent[] claims =
        [
            new(stored, Backdating.Disallowed, IsClaim: true), new(old, Backdating.Disallowed, IsClaim: true),
            new(stored with { ClientId = "stranger" }, Backdating.Disallowed, IsClaim: true),
        ];

        var decision = Decide(
            On, new StoredStream(1, Now, Record(stored)), claims, EventId.Of(Account, 1, ThingId, stored));

        decision.Outcomes.ShouldBe([Outcome.Duplicate, Outcome.SystemSource, Outcome.SystemSource]);
        decision.Appends.ShouldBeEmpty();
    }

    [Fact]
    public void However_a_delivery_is_cut_into_commits_the_record_is_the_true_one_and_each_event_is_stored_once() =>
        (from delivery in ConformingSource.Deliveries("thing")
         from sizes in Gen.Int[1, 5].Array[delivery.Arrivals.Count]
         select (delivery, sizes)).Sample(
            (delivery, sizes) =>
            {
                var arrivals = delivery.Arrivals.ToList();
                var state = On with { Now = DateTimeOffset.MaxValue.AddYears(-1) };
                StoredStream? stream = null;
                var stored = new HashSet<Guid>();
                var seen = new HashSet<LifecycleEvent>();
                for (var (start, cut) = (0, 0); start < arrivals.Count; start += sizes[cut++])
                {
                    var events = arrivals.Skip(start).Take(sizes[cut])
                        .Select(report => new SubmittedEvent(report.Event, Backdating.Allowed)).ToArray();
                    var decision = Decide(state, stream, events, [.. stored]);
                    decision.Outcomes.Select(outcome => outcome == Outcome.Duplicate)
                        .ShouldBe(events.Select(submitted => !seen.Add(submitted.Event)));
                    foreach (var append in decision.Appends)
                    {
                        append.Before.ShouldBe(stored.Count);
                        append.Events.ShouldAllBe(identified => stored.Add(identified.Id));
                        stream = new StoredStream(stored.Count, append.RecordedAt, append.Record);
                    }
                }

                stored.Count.ShouldBe(seen.Count);
                stream!.Record.ShouldBe(TrueHistory.TrueRecord(ThingId, arrivals));
            },
            iter: 1_000);

    private static SubmittedEvent Imported(LifecycleEvent e, DateTimeOffset recordedAt, DateTimeOffset? previous) =>
        new(e, Backdating.Allowed, History: new RecordedHistory(recordedAt, previous));

    private static IEnumerable<DateTimeOffset> Times(IngestDecision decision) =>
        decision.Appends.Single().Events.Select(appended => appended.RecordedAt);

    private static IngestDecision Decide(IngestState state, StoredStream? stream, params LifecycleEvent[] events) =>
        Decide(state, stream, [.. events.Select(e => new SubmittedEvent(e, Backdating.Disallowed))]);

    private static IngestDecision Decide(
        IngestState state, StoredStream? stream, SubmittedEvent[] events, params Guid[] stored) =>
        IngestDecision.Decide(
            IngestDecision.Admit(state, events),
            stream is null ? [] : new Dictionary<string, StoredStream> { [ThingId] = stream },
            stored.ToHashSet());
}

file static class DecisionAssertions
{
    public static void ShouldBeOnly(this IngestDecision decision, Outcome outcome)
    {
        decision.Outcomes.ShouldBe([outcome]);
        decision.Appends.ShouldBeEmpty();
    }
}
