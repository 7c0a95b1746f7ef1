namespace Connectivity.Gateway.Connections;

/// <summary>How long a client may be silent. Source: MQTT 5.0, section 3.1.2.10; MQTT 3.1.1 has the same.</summary>
internal static class KeepAlive
{
    /// <summary>Seconds; the most that AWS IoT grants. Longer, or none at all, would leave a lost device connected for ever.</summary>
    public const ushort Longest = 1200;

    /// <summary>
    /// Seconds that hold for a client that asked for <paramref name="requested"/>; where they differ an MQTT 5 client is told so as
    /// Server Keep Alive, section 3.2.2.3.14, and of an MQTT 3.1.1 client it is expected in silence.
    /// </summary>
    public static ushort Granted(ushort requested) => requested is 0 or > Longest ? Longest : requested;

    /// <summary>One and a half times the keep-alive: [MQTT-3.1.2-22].</summary>
    public static TimeSpan Timeout(ushort seconds) => TimeSpan.FromSeconds(1.5 * seconds);
}
