using Connectivity.Domain.Lifecycle;
using CsCheck;

namespace Connectivity.Domain.Tests.Lifecycle;

/// <summary>
/// Events of a source that need not conform, drawn from so few values that connections and times often coincide.
/// </summary>
internal static class AnyEvent
{
    public static readonly Gen<ConnectionKey> Connections =
        from source in Gen.OneOf("http", "gateway")
        from session in Gen.OneOf("", "a", "b", "\u00e9")
        from version in Gen.OneOf(long.MinValue, -1, 0, 1, 2, long.MaxValue)
        select new ConnectionKey(source, session, version);

    public static readonly Gen<DateTimeOffset> Times = Gen.Frequency(
        (8, Gen.OneOf(-31.0, -30, -2, 0, 1, 30, 31, 600).Select(Events.At)),
        (1, Gen.OneOf(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)));

    public static readonly Gen<LifecycleEvent> Any =
        from connection in Connections
        from at in Times
        from connect in Gen.Bool
        from reason in Gen.OneOf(null, DisconnectReason.ConnectionLost, DisconnectReason.Unknown, "")
        from clientInitiated in Gen.OneOf(null, (bool?)true, false)
        select connect
            ? (LifecycleEvent)new ThingConnected(
                "thing", connection, at, null, SessionDetails.None, SocketInformation.None)
            : new ThingDisconnected(
                "thing", connection, at, null, SessionDetails.None, SocketInformation.None, reason, clientInitiated);
}
