namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>Every string of every packet that a client sends.</summary>
/// <param name="Level">The protocol level: 4 is MQTT 3.1.1.</param>
/// <param name="Packet">Builds the packet with these bytes as the string.</param>
internal sealed record PacketText(string Name, byte Level, Func<byte[], byte[]> Packet)
{
    public static readonly IReadOnlyList<PacketText> All =
    [
        .. OfBoth("client id", (level, text) => Connect(level, 2, text)),
        .. OfBoth("will topic", (level, text) => Connect(level, 6, Id, Properties5(level, []), text, [0, 0])),
        .. OfBoth("user name", (level, text) => Connect(level, 0x82, Id, text)),
        .. OfBoth("topic name", (level, text) => RawClient.Packet(0x30, [.. text, .. Properties5(level, [])])),
        .. OfBoth(
            "topic filter of SUBSCRIBE",
            (level, text) => RawClient.Packet(0x82, [0, 1, .. Properties5(level, []), .. text, 0])),
        .. OfBoth(
            "topic filter of UNSUBSCRIBE",
            (level, text) => RawClient.Packet(0xA2, [0, 1, .. Properties5(level, []), .. text])),
        .. Property("CONNECT", [0x15], properties => RawClient.Packet(
            0x10, [.. RawClient.String("MQTT"), 5, 2, 0, 60, .. properties, .. Id])),
        .. Property("will", [0x03, 0x08], properties => Connect(5, 6, Id, properties, RawClient.String("w"), [0, 0])),
        .. Property("PUBLISH", [0x03, 0x08], properties => RawClient.Packet(
            0x30, [.. RawClient.String("a"), .. properties])),
        .. Property("PUBACK", [0x1F], properties => RawClient.Packet(0x40, [0, 1, 0, .. properties])),
        .. Property("PUBREC", [0x1F], properties => RawClient.Packet(0x50, [0, 1, 0, .. properties])),
        .. Property("PUBREL", [0x1F], properties => RawClient.Packet(0x62, [0, 1, 0, .. properties])),
        .. Property("PUBCOMP", [0x1F], properties => RawClient.Packet(0x70, [0, 1, 0, .. properties])),
        .. Property("SUBSCRIBE", [], properties => RawClient.Packet(
            0x82, [0, 1, .. properties, .. RawClient.String("a"), 0])),
        .. Property("UNSUBSCRIBE", [], properties => RawClient.Packet(
            0xA2, [0, 1, .. properties, .. RawClient.String("a")])),
        .. Property("DISCONNECT", [0x1F], properties => RawClient.Packet(0xE0, [0, .. properties])),
    ];

    private static byte[] Id => RawClient.String("pump");

    public override string ToString() => $"{Name} of MQTT {(Level == 5 ? "5" : "3.1.1")}";

    private static IEnumerable<PacketText> OfBoth(string name, Func<byte, byte[], byte[]> packet) =>
        new byte[] { 4, 5 }.Select(level => new PacketText(name, level, text => packet(level, Field(text))));

    /// <summary>These properties, and both strings of a user property.</summary>
    private static IEnumerable<PacketText> Property(string packet, byte[] identifiers, Func<byte[], byte[]> build) =>
    [
        .. identifiers.Select(identifier => new PacketText(
            $"property 0x{identifier:X2} of {packet}", 5,
            text => build(Properties5(5, [identifier, .. Field(text)])))),
        new($"name of a property of {packet}", 5, text => build(Properties5(5, [0x26, .. Field(text), 0, 0]))),
        new($"value of a property of {packet}", 5, text => build(Properties5(5, [0x26, 0, 0, .. Field(text)]))),
    ];

    private static byte[] Connect(byte level, byte flags, params byte[][] fields) => RawClient.Packet(
        0x10,
        [
            .. RawClient.String("MQTT"), level, flags, 0, 60, .. Properties5(level, []),
            .. fields.SelectMany(one => one),
        ]);

    private static byte[] Properties5(byte level, byte[] properties) =>
        level == 5 ? [.. Protocol.VariableByteInteger.Encode(properties.Length), .. properties] : [];

    private static byte[] Field(byte[] text) => [(byte)(text.Length >> 8), (byte)text.Length, .. text];
}
