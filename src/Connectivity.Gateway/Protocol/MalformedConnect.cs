namespace Connectivity.Gateway.Protocol;

/// <summary>
/// The two errors of a CONNECT that get a CONNACK although the packet can't be decoded, in the form of MQTT 3.1.1,
/// section 3.2.
/// </summary>
internal static class MalformedConnect
{
    private static readonly byte[] UnacceptableProtocolLevel = [0x20, 0x02, 0x00, 0x01];
    private static readonly byte[] IdentifierRejected = [0x20, 0x02, 0x00, 0x02];

    /// <param name="body">
    /// Protocol name (2 + 4 bytes), level, flags, keep-alive (2), length of the client id (2): section 3.1.2.
    /// </param>
    public static byte[]? ConnAck(ReadOnlySpan<byte> body)
    {
        if (body.Length < 12 || !body.StartsWith("\0\u0004MQTT"u8)) return null;
        // [MQTT-3.1.2-2]
        if (body[6] is not (4 or 5)) return UnacceptableProtocolLevel;
        // No client id, and no clean session: [MQTT-3.1.3-8].
        return body[6] == 4 && (body[7] & 0x02) == 0 && body[10] == 0 && body[11] == 0 ? IdentifierRejected : null;
    }
}
