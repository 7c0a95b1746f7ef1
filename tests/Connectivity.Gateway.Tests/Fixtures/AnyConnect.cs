using CsCheck;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>
/// Generates the first bytes of a client: valid CONNECT packets of MQTT 3.1.1 and 5, the same with changed bytes, and
/// arbitrary bytes. Only the pump has credentials.
/// </summary>
internal static class AnyConnect
{
    public const string Pump = "pump";
    public const string Secret = "Xk2vJ8rQ5tYw";

    private static readonly Gen<byte[]> Properties = Gen.Frequency(
        (8, Gen.OneOf<byte[]>(
            [0x11, 0, 0, 0, 60], [0x11, 0xFF, 0xFF, 0xFF, 0xFF], [0x21, 0, 10], [0x27, 0, 0, 1, 0], [0x22, 0, 5],
            [0x19, 1], [0x17, 0], [0x26, .. RawClient.String("a"), .. RawClient.String("b")])),
        (1, Gen.OneOf<byte[]>(
            [0x21, 0, 0], [0x27, 0, 0, 0, 0], [0x17, 2], [0x15, .. RawClient.String("SCRAM")], [0x16, 0, 1, 7],
            [0x1F, .. RawClient.String("x")], [0x00])))
        .Array[0, 4].Select(Join);

    private static readonly Gen<byte[]> WillProperties = Gen.OneOf<byte[]>(
        [0x18, 0, 0, 0, 5], [0x01, 1], [0x01, 2], [0x02, 0, 0, 0, 9], [0x03, .. RawClient.String("text")],
        [0x08, .. RawClient.String("r")], [0x09, 0, 1, 7],
        [0x26, .. RawClient.String(""), .. RawClient.String("")]).Array[0, 2].Select(Join);

    private static readonly Gen<byte[]> Will = Gen.Select(
        WillProperties, Gen.Frequency((6, Gen.Const("wills/pump")), (1, Gen.OneOf("", "a/#", "\0"))),
        Gen.Byte.Array[0, 8],
        (properties, topic, payload) => Join(
            [Properties5(properties), RawClient.String(topic), [0, (byte)payload.Length], payload]));

    /// <summary>The bytes after the fixed header.</summary>
    private static readonly Gen<byte[]> Bodies =
        from level in Gen.OneOf((byte)4, (byte)5)
        from clientId in Gen.Frequency(
            (6, Gen.Const(Pump)), (1, Gen.OneOf("valve", "", "a/+", "ä\uFFFD", new string('x', 1025))))
        from userName in Gen.OneOf(Pump, Pump, Pump, Pump, "valve", null)
        from password in Gen.OneOf(Secret, Secret, Secret, "wrong", "", null)
        from will in Gen.OneOf(Gen.Const((byte[]?)null), Gen.Const((byte[]?)null), Will.Select(bytes => (byte[]?)bytes))
        from properties in Properties
        from rest in Gen.Select(Gen.OneOf<byte>(0, 2), Gen.OneOf<byte>(0, 8, 0x20, 0x30), Gen.Byte)
        select Join([
            RawClient.String("MQTT"),
            [level, Flags(rest.Item1, rest.Item2, will, userName, password), 0, rest.Item3],
            level == 5 ? Properties5(properties) : [],
            RawClient.String(clientId),
            // Only MQTT 5 has will properties.
            will is null ? [] : level == 5 ? will : will[(1 + will[0])..],
            userName is null ? [] : RawClient.String(userName),
            password is null ? [] : RawClient.String(password)]);

    /// <summary>What may follow a CONNECT, well formed or not.</summary>
    private static readonly Gen<byte[]> Further = Gen.Frequency(
        (3, Gen.Const(Array.Empty<byte>())),
        (2, Gen.OneOf<byte[]>(
            [0xC0, 0], [0xE0, 0], [0xE0, 2, 4, 0], [0x32, 7, 0, 1, (byte)'a', 0, 1, 0, 1], [0x30, 3, 0, 1, (byte)'a'],
            [0x82, 6, 0, 1, 0, 1, (byte)'a', 1], [0xA2, 5, 0, 1, 0, 1, (byte)'a'], [0xF0, 0], [0x40, 2, 0, 1],
            RawClient.Connect("valve")).Array[1, 4].Select(Join)),
        (1, Gen.Byte.Array[1, 20]));

    private static readonly Gen<Func<byte[], byte[]>> Changes = Gen.Select(
        Gen.Int[0, 6], Gen.Double[0, 1], Gen.Byte.Array[1, 4], Gen.Int[1, 30],
        (kind, where, bytes, length) => (Func<byte[], byte[]>)(
            packet => Change(packet, kind, (int)(where * packet.Length), bytes, length)));

    private static Gen<Func<byte[], byte[]>[]> Some(Gen<Func<byte[], byte[]>[]> changes) =>
        Gen.Frequency((2, Gen.Const(Array.Empty<Func<byte[], byte[]>>())), (1, changes));

    /// <summary>CONNECT packets, valid or with a few changes.</summary>
    public static readonly Gen<Sent> Changed = Gen.Select(
        Bodies, Some(Changes.Array[1, 2]), Some(Changes.Array[1]), Further, Gen.Int[1, 300],
        (body, inside, outside, further, chunkSize) => new Sent(
            Join([Apply(RawClient.Packet(0x10, Apply(body, inside)), outside), further]), chunkSize));

    /// <summary>Arbitrary bytes, some of them after a valid beginning.</summary>
    public static readonly Gen<Sent> Any = Gen.Select(
        Gen.OneOf<byte[]>(
            [], [0x10], [0x10, 0xFF, 0xFF, 0xFF, 0x7F], RawClient.Packet(0x10, [.. RawClient.String("MQTT"), 4]),
            [0x10, 100, .. RawClient.String("MQTT"), 5, 0xC2],
            [0x10, 0x80, 0x80, 1, .. RawClient.String("MQTT"), 4, 0xC2, 0, 60]),
        Gen.Byte.Array[0, 300], Gen.Int[1, 300],
        (beginning, bytes, chunkSize) => new Sent(Join([beginning, bytes]), chunkSize));

    private static byte[] Apply(byte[] bytes, Func<byte[], byte[]>[] changes) =>
        changes.Aggregate(bytes, (changed, change) => change(changed));

    private static byte[] Change(byte[] packet, int kind, int at, byte[] bytes, int length)
    {
        var end = Math.Min(packet.Length, at + length);
        return kind switch
        {
            0 => [.. packet[..at], .. bytes, .. packet[at..]],
            1 => [.. packet[..at], .. packet[end..]],
            2 => [.. packet[..end], .. packet[at..]],
            3 => packet[..at],
            4 when at + 1 < packet.Length =>
                [.. packet[..at], (byte)(packet[at] ^ 1 << length % 8), .. packet[(at + 1)..]],
            // Replaces what looks like a length.
            5 when at + 2 < packet.Length =>
                [.. packet[..at], (byte)(length > 20 ? 0xFF : 0), (byte)(length * 9), .. packet[(at + 2)..]],
            _ when at + bytes.Length < packet.Length => [.. packet[..at], .. bytes, .. packet[(at + bytes.Length)..]],
            _ => packet,
        };
    }

    private static byte Flags(byte cleanStart, byte willFlags, byte[]? will, string? userName, string? password) =>
        (byte)(cleanStart | (will is null ? 0 : 4 | willFlags) | (userName is null ? 0 : 0x80)
            | (password is null ? 0 : 0x40));

    private static byte[] Properties5(byte[] properties) => [(byte)properties.Length, .. properties];

    private static byte[] Join(byte[][] parts) => parts.SelectMany(part => part).ToArray();
}

/// <param name="ChunkSize">Bytes that arrive at once.</param>
internal sealed record Sent(byte[] Bytes, int ChunkSize)
{
    /// <summary>
    /// Whether the first packet contains the pump's credentials. Follows the specification (MQTT 5.0, section 3.1) and
    /// shares no code with the gateway.
    /// </summary>
    public bool HasCredentials
    {
        get
        {
            try
            {
                var at = 1;
                VariableByteInteger(ref at);
                Field(ref at);
                var (level, flags) = (Bytes[at], Bytes[at + 1]);
                at += 4;
                if (level == 5) Skip(ref at);
                var clientId = Field(ref at);
                if ((flags & 4) != 0)
                {
                    if (level == 5) Skip(ref at);
                    Field(ref at);
                    Field(ref at);
                }

                var userName = (flags & 0x80) == 0 ? "" : Field(ref at);
                return (flags & 0x40) != 0
                    && (clientId, userName, Field(ref at)) == (AnyConnect.Pump, AnyConnect.Pump, AnyConnect.Secret);
            }
            catch (Exception exception) when (exception is IndexOutOfRangeException or ArgumentException)
            {
                return false;
            }
        }
    }

    public override string ToString() => $"{Convert.ToHexString(Bytes)} in chunks of {ChunkSize}";

    private string Field(ref int at)
    {
        var length = Bytes[at] << 8 | Bytes[at + 1];
        var text = System.Text.Encoding.Latin1.GetString(Bytes, at + 2, length);
        at += 2 + length;
        return text;
    }

    private void Skip(ref int at) => at = VariableByteInteger(ref at) + at;

    private int VariableByteInteger(ref int at)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            value |= (Bytes[at] & 0x7F) << shift;
            if ((Bytes[at++] & 0x80) == 0) return value;
        }
    }
}
