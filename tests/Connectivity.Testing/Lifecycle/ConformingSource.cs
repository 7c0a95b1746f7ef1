using Connectivity.Domain.Lifecycle;
using CsCheck;

namespace Connectivity.Testing.Lifecycle;

/// <summary>
/// Generates events that a conforming source can emit for one client (Rule 2), with a bias towards the limits: version
/// numbers rise and skip, and fall, even to the same number, only after 60 minutes offline; times are up to 2 minutes
/// from the truth; a superseded connection ends up to 10 minutes after its successor's connect or, of a source whose ends
/// bear <c>connectedAt</c>, up to 200 minutes. Such a source also has inferred ends, beside reported ones or alone, and
/// connections of equal numbers and times, as two nodes give them. Offline begins when the newest connection ends, even
/// if a superseded one ends later: this is the strictest interpretation.
/// </summary>
public static class ConformingSource
{
    public static readonly TimeSpan ClockError = TimeSpan.FromMinutes(2);
    public static readonly TimeSpan Takeover = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan LateTakeover = TimeSpan.FromMinutes(200);
    public static readonly TimeSpan Offline = TimeSpan.FromMinutes(60);

    private static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string?[] Reasons =
        [null, DisconnectReason.DuplicateClientId, DisconnectReason.ConnectionLost];

    /// <summary>How a connection begins.</summary>
    private enum Beginning
    {
        AfterOffline,
        AfterFallBack,
        AsTakeover,
    }

    /// <summary>Who reports the end of a connection, of a source that bears <c>connectedAt</c>.</summary>
    private enum Ending
    {
        Reported,
        Inferred,
        InferredAndReported,
    }

    /// <summary>One more connection of the client, relative to the previous one.</summary>
    /// <param name="Gap">How long the client was offline before, beyond what a fall-back needs.</param>
    /// <param name="Length">How long it lasts, or would if nothing superseded it.</param>
    /// <param name="Overlap">Of a takeover: at which thousandth of its predecessor's length it begins.</param>
    /// <param name="Linger">Of a superseded connection: how long after its successor's connect it ends.</param>
    /// <param name="Skip">
    /// How many version numbers it skips, or by how many thousandths its number falls short of the one before.
    /// </param>
    /// <param name="EqualNumber">Whether it has the number and the time of its predecessor, on another node.</param>
    /// <param name="LastAlive">Of an inferred end: at which thousandth of the connection's length it occurred.</param>
    private sealed record Step(
        Beginning Beginning, TimeSpan Gap, TimeSpan Length, int Overlap, TimeSpan Linger, int Skip, int Session,
        Emission Connect, Emission Disconnect, Ending Ending, bool EqualNumber, int LastAlive);

    /// <summary>
    /// How an event is reported: once or, by another node of the source, twice, with which clock errors, with details
    /// or without. Two reports with the same time have the same id, so they are one event.
    /// </summary>
    private readonly record struct Emission(TimeSpan Error, TimeSpan SecondError, bool Twice, bool Details);

    /// <summary>True histories of up to eight connections, over days. All ends or none bear their connect time.</summary>
    public static Gen<TrueHistory> Histories(string clientId = "thing", string source = "http") =>
        from bearsConnectedAt in Gen.Bool
        from steps in Steps(bearsConnectedAt).Array[1, 8]
        select Emit(WithEqualNumbers(steps), clientId, source, bearsConnectedAt);

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
        Upto(TimeSpan.FromSeconds(1)), Upto(TimeSpan.FromMinutes(5)), Upto(TimeSpan.FromMinutes(90)),
        Upto(TimeSpan.FromDays(3)));

    private static readonly Gen<Emission> Emissions =
        from error in Upto(2 * ClockError)
        from second in Upto(2 * ClockError)
        from twice in Gen.Int[0, 5]
        from details in Gen.Bool
        select new Emission(error - ClockError, second - ClockError, twice == 0, details);

    private static Gen<Step> Steps(bool bearsConnectedAt) =>
        from beginning in Gen.Enum<Beginning>()
        from gap in Durations
        from length in Durations
        from overlap in Gen.OneOf(Gen.Const(0), Gen.Const(1000), Gen.Int[0, 1000])
        from linger in Upto(bearsConnectedAt ? LateTakeover : Takeover)
        from skip in Gen.OneOf(Gen.Const(0), Gen.Const(1000), Gen.Int[0, 1000])
        from session in Gen.Int[0, 11]
        from connect in Emissions
        from disconnect in Emissions
        from ending in bearsConnectedAt ? Gen.Enum<Ending>() : Gen.Const(Ending.Reported)
        from equalNumber in bearsConnectedAt ? Gen.Bool : Gen.Const(false)
        from lastAlive in Gen.Int[0, 1000]
        select new Step(
            beginning, gap, length, overlap, linger, skip, session, connect, disconnect, ending,
            equalNumber && beginning == Beginning.AsTakeover && overlap == 0, lastAlive);

    /// <summary>Two connections of equal numbers have begun at the same time by their nodes' clock.</summary>
    private static Step[] WithEqualNumbers(Step[] steps)
    {
        steps = [.. steps];
        steps[0] = steps[0] with { EqualNumber = false };
        for (var i = 1; i < steps.Length; i++)
        {
            if (!steps[i].EqualNumber) continue;
            steps[i - 1] = steps[i - 1] with { Connect = steps[i - 1].Connect with { Twice = false } };
            steps[i] = steps[i] with { Connect = steps[i - 1].Connect with { Details = steps[i].Connect.Details } };
        }

        return steps;
    }

    private static TrueHistory Emit(Step[] steps, string clientId, string source, bool bearsConnectedAt)
    {
        var reports = new List<Report>();
        var used = new HashSet<ConnectionKey>();
        var keys = new List<ConnectionKey>();
        var began = Start;
        var version = -1L;
        for (var i = 0; i < steps.Length; i++)
        {
            var step = steps[i];
            if (i > 0) began = Begin(step, began, steps[i - 1].Length);
            version = i > 0 && step.Beginning == Beginning.AfterFallBack
                ? version - version * step.Skip / 1000
                : step.EqualNumber ? version : version + 1 + step.Skip % 7;
            var connection = NotUsed(source, step.Session, version, used);
            keys.Add(connection);

            Add(i, step.Connect, began, (at, _) => Connect(clientId, connection, at, step));
            var successor = i + 1 < steps.Length && steps[i + 1].Beginning == Beginning.AsTakeover
                ? steps[i + 1]
                : null;
            var ended = successor is null ? began + step.Length : Begin(successor, began, step.Length) + step.Linger;
            DateTimeOffset? connectedAt = bearsConnectedAt ? began + step.Connect.Error : null;
            if (step.Ending != Ending.Inferred)
                Add(i, step.Disconnect, ended, (at, again) => Disconnect(
                    clientId, connection, Later(at, connectedAt), step, again) with
                { ConnectedAt = connectedAt });
            if (step.Ending != Ending.Reported)
                reports.Add(new Report(i, Inferred(
                    clientId, connection, connectedAt!.Value,
                    connectedAt.Value + WholeMilliseconds((ended - began) * (step.LastAlive / 1000.0)))));
        }

        var ordinals = Ordinals(steps, keys);
        // Two reports of one end, none of which may be before its connect, can come to have the same time.
        return new TrueHistory([.. reports
            .DistinctBy(report => (report.Event.Connection, report.Event.GetType(), report.Event.OccurredAt, (report.Event as ThingDisconnected)?.Inferred))
            .Select(report => report with { Ordinal = ordinals[report.Ordinal] })]);

        void Add(
            int ordinal, Emission emission, DateTimeOffset truth, Func<DateTimeOffset, bool, LifecycleEvent> create)
        {
            reports.Add(new Report(ordinal, create(truth + emission.Error, false)));
            if (emission.Twice && emission.SecondError != emission.Error)
                reports.Add(new Report(ordinal, create(truth + emission.SecondError, true)));
        }
    }

    /// <summary>Of connections with equal numbers and times, the one with the greater identifier is the newer.</summary>
    private static int[] Ordinals(Step[] steps, List<ConnectionKey> keys)
    {
        var ordinals = Enumerable.Range(0, steps.Length).ToArray();
        for (var first = 0; first < steps.Length;)
        {
            var count = 1 + steps.Skip(first + 1).TakeWhile(step => step.EqualNumber).Count();
            var order = Enumerable.Range(first, count).OrderBy(i => keys[i].SessionIdentifier, StringComparer.Ordinal);
            foreach (var (rank, i) in order.Index().ToList()) ordinals[i] = first + rank;
            first += count;
        }

        return ordinals;
    }

    private static DateTimeOffset Later(DateTimeOffset time, DateTimeOffset? other) => time < other ? other.Value : time;

    private static ThingDisconnected Inferred(
        string clientId, ConnectionKey connection, DateTimeOffset connectedAt, DateTimeOffset lastAlive) =>
        new(
            clientId, connection, lastAlive, null, SessionDetails.None, SocketInformation.None,
            DisconnectReason.ServerError, false, connectedAt, Inferred: true);

    private static DateTimeOffset Begin(Step step, DateTimeOffset previousBegan, TimeSpan previousLength) =>
        step.Beginning switch
        {
            Beginning.AsTakeover => previousBegan + WholeMilliseconds(previousLength * (step.Overlap / 1000.0)),
            Beginning.AfterFallBack => previousBegan + previousLength + Offline + step.Gap,
            _ => previousBegan + previousLength + step.Gap,
        };

    private static TimeSpan WholeMilliseconds(TimeSpan time) => TimeSpan.FromMilliseconds((long)time.TotalMilliseconds);

    /// <summary>
    /// A session may span several connections, but no two connections share session and version number.
    /// </summary>
    private static ConnectionKey NotUsed(string source, int session, long version, HashSet<ConnectionKey> used)
    {
        while (true)
        {
            var connection = new ConnectionKey(source, $"session-{session * 37 % 100:00}", version);
            if (used.Add(connection)) return connection;
            session++;
        }
    }

    private static ThingConnected Connect(string clientId, ConnectionKey connection, DateTimeOffset at, Step step) =>
        new(
            clientId, connection, at, "principal",
            step.Connect.Details ? new SessionDetails(30 + step.Session, true, null) : SessionDetails.None,
            step.Connect.Details
                ? new SocketInformation("192.0.2.1", 49152 + step.Session, null, null, null)
                : SocketInformation.None);

    private static ThingDisconnected Disconnect(
        string clientId, ConnectionKey connection, DateTimeOffset at, Step step, bool again) =>
        new(
            clientId, connection, at, step.Disconnect.Details ? "principal" : null,
            step.Disconnect.Details ? new SessionDetails(30 + step.Session, null, 3600) : SessionDetails.None,
            step.Disconnect.Details
                ? new SocketInformation(null, null, "198.51.100.1", 8883, null)
                : SocketInformation.None,
            Reasons[(step.Session + (again ? 1 : 0)) % Reasons.Length],
            step.Session % 2 == 0 ? null : step.Session % 4 == 1);
}
