using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>The oracle itself: it sees each fault that it is there for.</summary>
public sealed class JudgeTests
{
    private const string Thing = "thing";
    private const string ThingId = "id";
    private const long Generation = 7;

    private readonly List<Sent> _sent = [Told("accepted", Connected(1)), Told("accepted", Disconnected(1)), Told("accepted", Connected(2))];

    private List<LifecycleEvent> Stream => _sent.ConvertAll(sent => sent.Report.Event);

    [Fact]
    public void What_is_as_it_was_told_is_clean() => Counts(Judge.Compare(Stored(Stream), _sent)).ShouldBe((0, 0, 0));

    [Fact]
    public void An_acknowledged_event_that_is_missing_is_lost() => Judge.Compare(Stored(Stream[..2]), _sent).Lost.ShouldBe(1);

    [Fact]
    public void An_event_that_nobody_acknowledged_may_be_missing()
    {
        _sent.Add(new Sent(Disconnected(2)) { Attempts = 1 });
        Counts(Judge.Compare(Stored(Stream[..3]), _sent)).ShouldBe((0, 0, 0));
        Counts(Judge.Compare(Stored(Stream), _sent)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void An_event_that_is_stored_twice_is_doubled_acknowledged_or_not()
    {
        _sent.Add(new Sent(Disconnected(2)) { Attempts = 2 });
        Judge.Compare(Stored([.. Stream, Stream[0]]), _sent).Doubled.ShouldBe(1);
        Judge.Compare(Stored([.. Stream, Stream[3]]), _sent).Doubled.ShouldBe(1);
    }

    [Fact]
    public void An_event_that_is_acknowledged_as_new_twice_is_doubled()
    {
        _sent[0].Answers.Add(_sent[0].Answers[0]);
        Judge.Compare(Stored(Stream), _sent).Doubled.ShouldBe(1);
    }

    [Fact]
    public void An_event_that_nobody_sent_is_wrong() => Judge.Compare(Stored([.. Stream, Disconnected(2).Event]), _sent).Wrong.ShouldBeGreaterThan(0);

    [Fact]
    public void A_record_that_is_not_the_fold_of_its_stream_is_wrong()
    {
        var stored = Stored(Stream);
        var behind = Fold(Stream[..2]);
        Judge.Compare(stored with { Records = new Dictionary<string, ConnectivityRecord> { [ThingId] = behind } }, _sent).Wrong.ShouldBeGreaterThan(0);
        Judge.Compare(stored with { Records = new Dictionary<string, ConnectivityRecord>() }, _sent).Wrong.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_stream_whose_version_does_not_count_its_events_is_wrong() =>
        Judge.Compare(Stored(Stream) with { StreamVersions = new Dictionary<string, long> { [ThingId] = 4 } }, _sent).Wrong.ShouldBe(1);

    [Fact]
    public void A_duplicate_of_what_was_never_sent_before_is_wrong()
    {
        _sent[2] = Told("duplicate", Connected(2));
        Judge.Compare(Stored(Stream), _sent).Wrong.ShouldBe(1);
        // An attempt that was not answered can have stored it.
        _sent[2].Attempts = 2;
        Judge.Compare(Stored(Stream), _sent).Wrong.ShouldBe(0);
    }

    [Fact]
    public void An_outcome_that_the_stream_contradicts_is_wrong()
    {
        _sent[1] = Told("late", Disconnected(1));
        Judge.Compare(Stored(Stream), _sent).Wrong.ShouldBe(1);
    }

    [Fact]
    public void A_stream_or_record_of_no_thing_is_wrong()
    {
        var stored = Stored(Stream);
        Judge.Compare(stored with { Strays = 1 }, _sent).Wrong.ShouldBe(1);
        Judge.Compare(stored with { ThingIds = new Dictionary<string, string>() }, _sent).Wrong.ShouldBe(1);
    }

    [Fact]
    public async Task An_event_of_a_former_life_is_wrong_and_one_that_went_with_it_is_not_lost()
    {
        var lives = new Lives();
        await lives.RenewAsync(Thing, () => Task.CompletedTask);
        Judge.Compare(Stored(Stream), _sent, lives).Wrong.ShouldBe(3);
        Counts(Judge.Compare(Stored([]), _sent, lives)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_past_that_holds_what_was_acknowledged_by_then_and_nothing_of_later_is_clean()
    {
        Counts(Past(Stream[..2], from: 3, to: 4)).ShouldBe((0, 0, 0));
        Counts(Past(Stream[..2], from: 1, to: 4)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void A_past_without_an_event_that_was_acknowledged_before_has_lost_it() => Past(Stream[..1], from: 3, to: 4).Lost.ShouldBe(1);

    [Fact]
    public void A_past_with_an_event_that_was_first_sent_later_is_wrong() => Past(Stream, from: 3, to: 4).Wrong.ShouldBe(1);

    [Fact]
    public void A_past_that_is_not_the_beginning_of_what_came_of_it_is_wrong() => Past([Stream[1], Stream[0]], from: 3, to: 4).Wrong.ShouldBe(1);

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void An_event_that_is_acknowledged_as_new_again_after_a_restore_is_doubled_where_it_had_been_restored(bool held, int doubled)
    {
        var ledger = new Ledger(new Random(1));
        ledger.Add([Connected(1)]);
        Answer();
        ledger.Restored(new HashSet<LifecycleEvent>(held ? [Connected(1).Event] : []));
        Answer();
        Judge.Compare(Stored([Connected(1).Event]), ledger.All).Doubled.ShouldBe(doubled);

        void Answer()
        {
            var batch = ledger.Take(1);
            ledger.Answered(batch, [.. batch.Select((_, i) => new HostClient.Told(i == 0 ? "accepted" : "duplicate", null))], sentAt: 1);
        }
    }

    /// <summary>Two events were acknowledged at 2, and the third, which was sent at 5, afterwards.</summary>
    private Verdict Past(IReadOnlyList<LifecycleEvent> restored, long from, long to)
    {
        _sent[2] = new Sent(_sent[2].Report) { Attempts = 1, FirstSentAt = 5 };
        _sent[2].Answers.Add(new Answer(new HostClient.Told("accepted", null), SentAt: 5, AnsweredAt: 6));
        return new PastMoment(from, to).Compare(Stored(restored), Stored(Stream), _sent);
    }

    private static (int Lost, int Doubled, int Wrong) Counts(Verdict verdict) => (verdict.Lost, verdict.Doubled, verdict.Wrong);

    private static StoredStreams Stored(IReadOnlyList<LifecycleEvent> stream) => new(
        Generation,
        new Dictionary<string, string> { [Thing] = ThingId },
        stream.Select((e, i) => new StoredEvent("tenant", ThingId, i + 1, EventId.Of(StoredStreams.Account, Generation, ThingId, e), e))
            .ToLookup(stored => stored.ThingId),
        new Dictionary<string, long> { [ThingId] = stream.Count },
        new Dictionary<string, ConnectivityRecord> { [ThingId] = Fold(stream) },
        0);

    private static ConnectivityRecord Fold(IEnumerable<LifecycleEvent> stream) =>
        stream.Aggregate(ConnectivityRecord.NeverConnected(ThingId), ConnectivityRecord.Evolve);

    private static Sent Told(string outcome, Report report)
    {
        var sent = new Sent(report) { Attempts = 1 };
        sent.Answers.Add(new Answer(new HostClient.Told(outcome, null), SentAt: 1, AnsweredAt: 2));
        return sent;
    }

    private static Report Connected(int version) => new(version, new ThingConnected(
        Thing, new ConnectionKey("source", "session", version), At(10 * version), null, SessionDetails.None, SocketInformation.None));

    private static Report Disconnected(int version) => new(version, new ThingDisconnected(
        Thing, new ConnectionKey("source", "session", version), At(10 * version + 5), null, SessionDetails.None, SocketInformation.None, null, null));

    private static DateTimeOffset At(int seconds) => new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds);
}
