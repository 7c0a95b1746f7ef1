namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Tells an MQTT 5 client in the CONNACK that its session ends with its connection, where it asked for more. MQTTnet leaves a Session
/// Expiry Interval of 0 out, and left out it means "as asked": MQTT 5.0, section 3.2.2.3.2.
/// </summary>
internal static class ZeroSessionExpiry
{
    private static readonly byte[] Property = [0x11, 0, 0, 0, 0];

    public static byte[] AddedTo(ReadOnlySpan<byte> connack)
    {
        // Fixed header, acknowledge flags, reason code, length of the properties, properties: section 3.2.
        var body = connack[(1 + Length(connack[1..], out _))..];
        var properties = body[(2 + Length(body[2..], out var propertiesLength))..];
        byte[] extended = [.. body[..2], .. VariableByteInteger(propertiesLength + Property.Length), .. Property, .. properties];
        return [connack[0], .. VariableByteInteger(extended.Length), .. extended];
    }

    private static int Length(ReadOnlySpan<byte> bytes, out int value)
    {
        value = 0;
        for (var i = 0; ; i++)
        {
            value |= (bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) == 0) return i + 1;
        }
    }

    private static List<byte> VariableByteInteger(int value)
    {
        List<byte> bytes = [];
        for (; value >= 128; value >>= 7) bytes.Add((byte)(value & 0x7F | 0x80));
        bytes.Add((byte)value);
        return bytes;
    }
}
