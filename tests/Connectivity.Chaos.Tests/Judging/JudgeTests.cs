using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>Tests the oracle: it finds each kind of error that it is made for.</summary>
public sealed class JudgeTests
{
    private const string Thing = "thing";
    private const string ThingId = "id";
    private const long Generation = 7;

    private readonly List<Sent> _sent =
    [
        Answered("accepted", Connected(1)), Answered("accepted", Disconnected(1)), Answered("accepted", Connected(2)),
    ];

    private List<LifecycleEvent> Stream => _sent.ConvertAll(sent => sent.Report.Event);

    [Fact]
    public void Reports_nothing_where_all_acknowledged_events_are_stored() =>
        Counts(Judge.Compare(Stored(Stream), _sent)).ShouldBe((0, 0, 0));

    [Fact]
    public void Reports_an_acknowledged_event_that_is_missing_as_lost() =>
        Judge.Compare(Stored(Stream[..2]), _sent).Lost.ShouldBe(1);

    [Fact]
    public void Allows_an_event_that_was_never_acknowledged_to_be_missing_or_stored()
    {
        _sent.Add(new Sent(Disconnected(2)) { Attempts = 1 });
        Counts(Judge.Compare(Stored(Stream[..3]), _sent)).ShouldBe((0, 0, 0));
        Counts(Judge.Compare(Stored(Stream), _sent)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void Reports_an_event_that_is_stored_twice_as_doubled_acknowledged_or_not()
    {
        _sent.Add(new Sent(Disconnected(2)) { Attempts = 2 });
        Judge.Compare(Stored([.. Stream, Stream[0]]), _sent).Doubled.ShouldBe(1);
        Judge.Compare(Stored([.. Stream, Stream[3]]), _sent).Doubled.ShouldBe(1);
    }

    [Fact]
    public void Reports_an_event_that_is_acknowledged_as_new_twice_as_doubled()
    {
        _sent[0].Answers.Add(_sent[0].Answers[0]);
        Judge.Compare(Stored(Stream), _sent).Doubled.ShouldBe(1);
    }

    [Fact]
    public void Reports_an_event_that_was_never_sent() =>
        Judge.Compare(Stored([.. Stream, Disconnected(2).Event]), _sent).Wrong.ShouldBeGreaterThan(0);

    [Fact]
    public void Reports_a_record_that_is_not_the_fold_of_its_stream()
    {
        var stored = Stored(Stream);
        var outdated = new Dictionary<string, ConnectivityRecord> { [ThingId] = Fold(Stream[..2]) };
        var missing = new Dictionary<string, ConnectivityRecord>();
        Judge.Compare(stored with { Records = outdated }, _sent).Wrong.ShouldBeGreaterThan(0);
        Judge.Compare(stored with { Records = missing }, _sent).Wrong.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Reports_a_stream_version_that_is_not_the_number_of_its_events()
    {
        var versions = new Dictionary<string, long> { [ThingId] = 4 };
        Judge.Compare(Stored(Stream) with { StreamVersions = versions }, _sent).Wrong.ShouldBe(1);
    }

    [Fact]
    public void Reports_a_duplicate_of_an_event_that_was_never_sent_before()
    {
        _sent[2] = Answered("duplicate", Connected(2));
        Judge.Compare(Stored(Stream), _sent).Wrong.ShouldBe(1);
        // An attempt that was not answered can have stored it.
        _sent[2].Attempts = 2;
        Judge.Compare(Stored(Stream), _sent).Wrong.ShouldBe(0);
    }

    [Fact]
    public void Reports_an_outcome_that_contradicts_the_stream()
    {
        _sent[1] = Answered("late", Disconnected(1));
        Judge.Compare(Stored(Stream), _sent).Wrong.ShouldBe(1);
    }

    [Fact]
    public void Reports_a_stream_or_record_that_belongs_to_no_thing()
    {
        var stored = Stored(Stream);
        Judge.Compare(stored with { Orphans = 1 }, _sent).Wrong.ShouldBe(1);
        Judge.Compare(stored with { ThingIds = new Dictionary<string, string>() }, _sent).Wrong.ShouldBe(1);
    }

    [Fact]
    public async Task Reports_events_of_a_previous_indexed_period_and_allows_them_to_be_purged()
    {
        var periods = new ObservedPeriods();
        await periods.RestartAsync(Thing, () => Task.CompletedTask);
        Judge.Compare(Stored(Stream), _sent, periods).Wrong.ShouldBe(3);
        Counts(Judge.Compare(Stored([]), _sent, periods)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void Reports_nothing_where_a_restored_database_holds_all_that_was_acknowledged_by_then_and_nothing_later()
    {
        Counts(ComparePast(Stream[..2], from: 3, to: 4)).ShouldBe((0, 0, 0));
        Counts(ComparePast(Stream[..2], from: 1, to: 4)).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void Reports_an_event_that_was_acknowledged_before_the_restored_moment_and_is_missing_as_lost() =>
        ComparePast(Stream[..1], from: 3, to: 4).Lost.ShouldBe(1);

    [Fact]
    public void Reports_a_restored_event_that_was_first_sent_after_the_restored_moment() =>
        ComparePast(Stream, from: 3, to: 4).Wrong.ShouldBe(1);

    [Fact]
    public void Reports_a_restored_stream_that_is_not_a_prefix_of_its_last_state() =>
        ComparePast([Stream[1], Stream[0]], from: 3, to: 4).Wrong.ShouldBe(1);

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public void Reports_an_event_that_is_new_again_after_a_restore_as_doubled_only_where_it_was_restored(
        bool held, int doubled)
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
            var results = batch.Select((_, i) => new HostClient.EventResult(i == 0 ? "accepted" : "duplicate", null));
            ledger.Answered(batch, [.. results], sentAt: 1);
        }
    }

    /// <summary>Two events were acknowledged at 2. The third was sent at 5.</summary>
    private Verdict ComparePast(IReadOnlyList<LifecycleEvent> restored, long from, long to)
    {
        _sent[2] = new Sent(_sent[2].Report) { Attempts = 1, FirstSentAt = 5 };
        _sent[2].Answers.Add(new Answer(new HostClient.EventResult("accepted", null), SentAt: 5, AnsweredAt: 6));
        return new PastMoment(from, to).Compare(Stored(restored), Stored(Stream), _sent);
    }

    private static (int Lost, int Doubled, int Wrong) Counts(Verdict verdict) =>
        (verdict.Lost, verdict.Doubled, verdict.Wrong);

    private static StoredStreams Stored(IReadOnlyList<LifecycleEvent> stream) => new(
        Generation,
        new Dictionary<string, string> { [Thing] = ThingId },
        stream.Select((e, i) => new StoredEvent("tenant", ThingId, i + 1, IdOf(e), e))
            .ToLookup(stored => stored.ThingId),
        new Dictionary<string, long> { [ThingId] = stream.Count },
        new Dictionary<string, ConnectivityRecord> { [ThingId] = Fold(stream) },
        0);

    private static Guid IdOf(LifecycleEvent e) => EventId.Of(StoredStreams.Account, Generation, ThingId, e);

    private static ConnectivityRecord Fold(IEnumerable<LifecycleEvent> stream) =>
        stream.Aggregate(ConnectivityRecord.NeverConnected(ThingId), ConnectivityRecord.Evolve);

    private static Sent Answered(string outcome, Report report)
    {
        var sent = new Sent(report) { Attempts = 1 };
        sent.Answers.Add(new Answer(new HostClient.EventResult(outcome, null), SentAt: 1, AnsweredAt: 2));
        return sent;
    }

    private static Report Connected(int version) => new(version, new ThingConnected(
        Thing, Connection(version), At(10 * version), null, SessionDetails.None, SocketInformation.None));

    private static Report Disconnected(int version) => new(version, new ThingDisconnected(
        Thing, Connection(version), At(10 * version + 5), null, SessionDetails.None, SocketInformation.None,
        null, null));

    private static ConnectionKey Connection(int version) => new("source", "session", version);

    private static DateTimeOffset At(int seconds) =>
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds);
}
