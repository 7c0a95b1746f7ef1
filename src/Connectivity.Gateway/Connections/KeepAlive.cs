namespace Connectivity.Gateway.Connections;

/// <summary>How long a client may be silent. Source: MQTT 5.0, section 3.1.2.10; MQTT 3.1.1 has the same.</summary>
internal static class KeepAlive
{
    /// <summary>
    /// Seconds; the longest that AWS IoT grants. Without a limit a lost device would stay connected for ever.
    /// </summary>
    public const ushort Maximum = 1200;

    /// <summary>
    /// The seconds that apply to a client that requested <paramref name="requested"/>. If they differ, an MQTT 5 client
    /// receives them as Server Keep Alive, section 3.2.2.3.14; MQTT 3.1.1 has no means to announce them.
    /// </summary>
    public static ushort Granted(ushort requested) => requested is 0 or > Maximum ? Maximum : requested;

    /// <summary>One and a half times the keep-alive: [MQTT-3.1.2-22].</summary>
    public static TimeSpan Timeout(ushort seconds) => TimeSpan.FromSeconds(1.5 * seconds);
}
