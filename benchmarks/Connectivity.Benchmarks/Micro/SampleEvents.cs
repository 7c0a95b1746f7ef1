using Connectivity.Domain.Lifecycle;

namespace Connectivity.Benchmarks.Micro;

/// <summary>Events of devices with certificates, with all that a gateway reports.</summary>
internal static class SampleEvents
{
    public static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private static readonly string Principal = new('c', 64);

    private static readonly SocketInformation Socket = new("127.0.0.1", 40000, "127.0.0.1", 1883, null);

    public static ThingConnected Connected(string thingName, int connection) => new(
        thingName, Key(connection), Noon.AddSeconds(connection), Principal, new SessionDetails(60, true, null), Socket);

    public static ThingDisconnected Disconnected(string thingName, int connection) => new(
        thingName, Key(connection), Noon.AddSeconds(connection + 0.5), Principal, SessionDetails.None,
        SocketInformation.None, DisconnectReason.ConnectionLost, ClientInitiated: false,
        ConnectedAt: Noon.AddSeconds(connection));

    private static ConnectionKey Key(int connection) =>
        new(EventSource.Http, $"e4f5b1c0-5c1e-4b6e-9a51-{connection:000000000000}", 1_795_414_360_000 + connection);
}
