namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Adds a Session Expiry Interval of 0 to the CONNACK of an MQTT 5 client that requested a longer one: the session ends
/// with its connection. MQTTnet omits the value 0, and an omitted value means "as requested": MQTT 5.0, section
/// 3.2.2.3.2.
/// </summary>
internal static class ZeroSessionExpiry
{
    private static readonly byte[] Property = [0x11, 0, 0, 0, 0];

    public static byte[] AddedTo(ReadOnlySpan<byte> connack)
    {
        // Fixed header, acknowledge flags, reason code, length of the properties, properties: section 3.2.
        _ = VariableByteInteger.Read(connack[1..], out _, out var size);
        var body = connack[(1 + size)..];
        _ = VariableByteInteger.Read(body[2..], out var propertiesLength, out size);
        var properties = body[(2 + size)..];
        var extendedLength = VariableByteInteger.Encode(propertiesLength + Property.Length);
        byte[] extended = [.. body[..2], .. extendedLength, .. Property, .. properties];
        return [connack[0], .. VariableByteInteger.Encode(extended.Length), .. extended];
    }
}
