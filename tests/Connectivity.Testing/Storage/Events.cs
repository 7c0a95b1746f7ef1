using Connectivity.Domain.Lifecycle;

namespace Connectivity.Testing.Storage;

/// <summary>Short forms of events.</summary>
public static class Events
{
    public static ThingConnected Connected(
        string clientId, DateTimeOffset at, long version = 1, string session = "session", string source = "http") =>
        new(
            clientId, new ConnectionKey(source, session, version), at, null, SessionDetails.None,
            SocketInformation.None);

    public static ThingDisconnected Disconnected(
        string clientId, DateTimeOffset at, long version = 1, string session = "session",
        string? reason = DisconnectReason.ConnectionLost, string source = "http") =>
        new(
            clientId, new ConnectionKey(source, session, version), at, null, SessionDetails.None,
            SocketInformation.None, reason, null);

    public static ConnectivityRecord Fold(string thingId, IEnumerable<LifecycleEvent> events) =>
        events.Aggregate(ConnectivityRecord.NeverConnected(thingId), ConnectivityRecord.Evolve);
}
