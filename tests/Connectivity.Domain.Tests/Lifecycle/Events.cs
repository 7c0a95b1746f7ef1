using Connectivity.Domain.Lifecycle;

namespace Connectivity.Domain.Tests.Lifecycle;

/// <summary>Short forms of events, at minutes after noon.</summary>
internal static class Events
{
    public const string ThingId = "5b6f0b5e-6f0e-4a0a-9c38-2d2b8f6f3c11";

    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset At(double minutes) => Noon.AddMinutes(minutes);

    public static ThingConnected Connected(string session, long version, double minutes, string source = "http") =>
        new(
            "thing", new ConnectionKey(source, session, version), At(minutes), null, SessionDetails.None,
            SocketInformation.None);

    public static ThingDisconnected Disconnected(
        string session, long version, double minutes, string? reason = DisconnectReason.ConnectionLost,
        string source = "http") =>
        new(
            "thing", new ConnectionKey(source, session, version), At(minutes), null, SessionDetails.None,
            SocketInformation.None, reason, null);

    public static ConnectivityRecord Record(params LifecycleEvent[] events) =>
        events.Aggregate(ConnectivityRecord.NeverConnected(ThingId), ConnectivityRecord.Evolve);

    /// <summary>Folds the events in every order and returns the one record that all orders end in.</summary>
    public static ConnectivityRecord InEveryOrder(params LifecycleEvent[] events)
    {
        var records = Orders(events).Select(Record).Distinct().ToList();
        records.Count.ShouldBe(1);
        return records[0];
    }

    public static IEnumerable<T[]> Orders<T>(T[] items) => items.Length <= 1
        ? [items]
        : items.SelectMany(
            (first, i) => Orders<T>([.. items[..i], .. items[(i + 1)..]]).Select(rest => (T[])[first, .. rest]));
}
