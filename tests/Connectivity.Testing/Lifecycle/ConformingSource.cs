using Connectivity.Domain.Lifecycle;
using CsCheck;

namespace Connectivity.Testing.Lifecycle;

/// <summary>
/// Generates what a conforming source can emit of one client (Rule 2), and leans towards the edges of what conforming allows: version
/// numbers rise and skip, and fall, even to the same number, only after 60 minutes offline; times are up to 2 minutes from the truth;
/// a superseded connection ends up to 10 minutes after its successor's connect. Offline begins when the newest connection ends, though
/// a superseded one may be about to end later: that is the hardest reading.
/// </summary>
public static class ConformingSource
{
    public static readonly TimeSpan ClockError = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan Takeover = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan Offline = TimeSpan.FromMinutes(60);

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string?[] Reasons = [null, DisconnectReason.DuplicateClientId, DisconnectReason.ConnectionLost];

    /// <summary>How a connection begins.</summary>
    private enum Beginning
    {
        AfterOffline,
        AfterFallBack,
        AsTakeover,
    }

    /// <summary>One more connection of the client, told apart from when the one before it began and ended.</summary>
    /// <param name="Gap">How long the client was offline before, beyond what a fall-back needs.</param>
    /// <param name="Length">How long it lasts, or would if nothing superseded it.</param>
    /// <param name="Overlap">Where it is a takeover: at which thousandth of its predecessor's length.</param>
    /// <param name="Linger">Where it is superseded: how long after its successor's connect it ends.</param>
    /// <param name="Skip">How many version numbers it skips, or by how many thousandths its number falls short of the one before.</param>
    private sealed record Step(
        Beginning Beginning, TimeSpan Gap, TimeSpan Length, int Overlap, TimeSpan Linger, int Skip, int Session,
        Told Connect, Told Disconnect);

    /// <summary>
    /// How an event is reported: once or, by another node of the source, twice, with which errors of the clock, with details or
    /// without. Two reports at the same time would have the same id and so be one.
    /// </summary>
    private readonly record struct Told(TimeSpan Error, TimeSpan SecondError, bool Twice, bool Details);

    /// <summary>True histories of up to eight connections, over days.</summary>
    public static Gen<History> Histories(string clientId = "thing", string source = "http") =>
        Steps.Array[1, 8].Select(steps => Tell(steps, clientId, source));

    /// <summary>Some of the reports of a history, in any order, any of them repeatedly.</summary>
    public static Gen<Delivery> Deliveries(string clientId = "thing", string source = "http") =>
        from history in Histories(clientId, source)
        from arrivals in Gen.OneOf(history.Reports.ToArray()).Array[1, 2 * history.Reports.Count]
        select new Delivery(history, arrivals);

    private static Gen<TimeSpan> Upto(TimeSpan most) => Gen.Frequency(
        (2, Gen.Const(TimeSpan.Zero)),
        (2, Gen.Const(most)),
        (3, Gen.Long[0, (long)most.TotalMilliseconds].Select(ms => TimeSpan.FromMilliseconds(ms))));

    private static readonly Gen<TimeSpan> Durations = Gen.OneOf(
        Upto(TimeSpan.FromSeconds(1)), Upto(TimeSpan.FromMinutes(5)), Upto(TimeSpan.FromMinutes(90)), Upto(TimeSpan.FromDays(3)));

    private static readonly Gen<Told> Tellings =
        from error in Upto(2 * ClockError)
        from second in Upto(2 * ClockError)
        from twice in Gen.Int[0, 5]
        from details in Gen.Bool
        select new Told(error - ClockError, second - ClockError, twice == 0, details);

    private static readonly Gen<Step> Steps =
        from beginning in Gen.Enum<Beginning>()
        from gap in Durations
        from length in Durations
        from overlap in Gen.OneOf(Gen.Const(0), Gen.Const(1000), Gen.Int[0, 1000])
        from linger in Upto(Takeover)
        from skip in Gen.OneOf(Gen.Const(0), Gen.Const(1000), Gen.Int[0, 1000])
        from session in Gen.Int[0, 11]
        from connect in Tellings
        from disconnect in Tellings
        select new Step(beginning, gap, length, overlap, linger, skip, session, connect, disconnect);

    private static History Tell(Step[] steps, string clientId, string source)
    {
        var reports = new List<Report>();
        var used = new HashSet<ConnectionKey>();
        var began = Start;
        var version = -1L;
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i];
            if (i > 0) began = Begin(step, began, steps[i - 1].Length);
            version = i > 0 && step.Beginning == Beginning.AfterFallBack
                ? version - version * step.Skip / 1000
                : version + 1 + step.Skip % 7;
            var connection = NotUsed(source, step.Session, version, used);

            Add(i, step.Connect, began, (at, _) => Connect(clientId, connection, at, step));
            var successor = i + 1 < steps.Length && steps[i + 1].Beginning == Beginning.AsTakeover ? steps[i + 1] : null;
            var ended = successor is null ? began + step.Length : Begin(successor, began, step.Length) + step.Linger;
            Add(i, step.Disconnect, ended, (at, again) => Disconnect(clientId, connection, at, step, again));
        }

        return new History(reports);

        void Add(int ordinal, Told told, DateTimeOffset truth, Func<DateTimeOffset, bool, LifecycleEvent> tell)
        {
            reports.Add(new Report(ordinal, tell(truth + told.Error, false)));
            if (told.Twice && told.SecondError != told.Error) reports.Add(new Report(ordinal, tell(truth + told.SecondError, true)));
        }
    }

    private static DateTimeOffset Begin(Step step, DateTimeOffset previousBegan, TimeSpan previousLength) => step.Beginning switch
    {
        Beginning.AsTakeover => previousBegan + WholeMilliseconds(previousLength * (step.Overlap / 1000.0)),
        Beginning.AfterFallBack => previousBegan + previousLength + Offline + step.Gap,
        _ => previousBegan + previousLength + step.Gap,
    };

    private static TimeSpan WholeMilliseconds(TimeSpan time) => TimeSpan.FromMilliseconds((long)time.TotalMilliseconds);

    /// <summary>A session may go on from connection to connection, but no two connections share session and number.</summary>
    private static ConnectionKey NotUsed(string source, int session, long version, HashSet<ConnectionKey> used)
    {
        while (true)
        {
            var connection = new ConnectionKey(source, $"session-{session * 37 % 100:00}", version);
            if (used.Add(connection)) return connection;
            session++;
        }
    }

    private static ThingConnected Connect(string clientId, ConnectionKey connection, DateTimeOffset at, Step step) => new(
        clientId, connection, at, "principal",
        step.Connect.Details ? new SessionDetails(30 + step.Session, true, null) : SessionDetails.None,
        step.Connect.Details ? new SocketInformation("192.0.2.1", 49152 + step.Session, null, null, null) : SocketInformation.None);

    private static ThingDisconnected Disconnect(string clientId, ConnectionKey connection, DateTimeOffset at, Step step, bool again) => new(
        clientId, connection, at, step.Disconnect.Details ? "principal" : null,
        step.Disconnect.Details ? new SessionDetails(30 + step.Session, null, 3600) : SessionDetails.None,
        step.Disconnect.Details ? new SocketInformation(null, null, "198.51.100.1", 8883, null) : SocketInformation.None,
        Reasons[(step.Session + (again ? 1 : 0)) % Reasons.Length],
        step.Session % 2 == 0 ? null : step.Session % 4 == 1);
}
