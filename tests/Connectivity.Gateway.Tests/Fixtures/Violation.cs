using Connectivity.Gateway.Protocol;
using static Connectivity.Gateway.Tests.Fixtures.RawClient;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>A packet that violates a statement of the specification, after a CONNECT unless it is one.</summary>
/// <param name="Level">The protocol level: 4 is MQTT 3.1.1.</param>
internal sealed record Violation(Statement Statement, byte Level, string What, byte[] Bytes)
{
    /// <summary>At least one for each statement and version, where they are not of several packets.</summary>
    public static readonly IReadOnlyList<Violation> All =
    [
        .. Both(Statement.Utf8, "a topic name that is not UTF-8", 0x30, 0, 3, 0x78, 0x2F, 0xFF, 0x6F),
        .. Both(Statement.NoNull, "a topic name with U+0000", 0x30, 0, 3, 0x61, 0, 0x62),
        .. Both(Statement.ReservedFlags, "a SUBSCRIBE with the wrong flags", 0x80, [0, 1, .. String("a"), 0]),
        .. Both(Statement.ReservedFlags, "a PUBREL with the wrong flags", 0x60, 0, 1),
        .. Both(Statement.ReservedFlags, "an UNSUBSCRIBE with the wrong flags", 0xA0, [0, 1, .. String("a")]),
        .. Both(Statement.ReservedFlags, "a DISCONNECT with a reserved flag", 0xE1),
        .. Both(Statement.ReservedFlags, "an AUTH with a reserved flag", 0xF1),
        .. Both(Statement.PacketIdentifier, "a PUBLISH with the packet identifier 0", 0x32, [.. String("a"), 0, 0]),
        .. Both(Statement.PacketIdentifier, "a PUBACK with the packet identifier 0", 0x40, 0, 0),
        .. Both(Statement.PacketIdentifier, "a SUBSCRIBE with the packet identifier 0", 0x82, 0, 0),
        .. Both(Statement.PacketIdentifier, "an UNSUBSCRIBE with the packet identifier 0", 0xA2, 0, 0),
        .. Both(Statement.Length, "a topic name beyond the end of the packet", 0x30, 0, 9, 65),
        .. Both(Statement.Length, "a PINGREQ with a byte", 0xC0, 0),
        .. Both(Statement.Direction, "a PINGRESP", 0xD0),
        .. Both(Statement.Direction, "a SUBACK", 0x90, 0, 1, 0),
        .. Both(Statement.Direction, "the type 0", 0x00),
        .. Both(Statement.Direction, "an AUTH without a method", 0xF0),
        .. Both(Statement.OneConnect, "a second CONNECT", Connect("valve")),
        .. Both(Statement.DuplicateAtQos0, "a repeated PUBLISH of QoS 0", 0x38, String("a")),
        .. Both(Statement.Qos, "a PUBLISH of QoS 3", 0x36, [.. String("a"), 0, 1]),
        .. Both(Statement.TopicName, "a topic name with a wildcard", 0x30, String("a/#")),
        .. Both(Statement.TopicNameOrAlias, "an empty topic name", 0x30, 0, 0, 0),
        .. Of(4, Statement.Length, "a PUBACK of MQTT 5", 0x40, 0, 1, 0),
        .. Of(4, Statement.Length, "a DISCONNECT of MQTT 5", 0xE0, 0),
        .. Of(4, Statement.TopicFilter, "a misplaced multi-level wildcard", 0x82, [0, 1, .. String("a/#/b"), 0]),
        .. Of(4, Statement.TopicFilter, "a misplaced single-level wildcard", 0x82, [0, 1, .. String("a+"), 0]),
        .. Of(4, Statement.TopicFilter, "an empty filter", 0xA2, [0, 1, .. String("")]),
        .. Of(4, Statement.SubscribeToOne, "a SUBSCRIBE without filters", 0x82, 0, 1),
        .. Of(4, Statement.UnsubscribeFromOne, "an UNSUBSCRIBE without filters", 0xA2, 0, 1),
        .. Of(4, Statement.SubscriptionQos, "a subscription of QoS 3", 0x82, [0, 1, .. String("a"), 3]),
        .. Of(4, Statement.SubscriptionOptions, "a reserved bit of a subscription", 0x82, [0, 1, .. String("a"), 4]),

        .. Of(5, Statement.MinimalInteger, "a property length in two bytes", 0x30, [.. String("a"), 0x80, 0]),
        .. Of(5, Statement.KnownProperty, "a property of another packet", 0x30, [.. String("a"), 5, 0x11, 0, 0, 0, 1]),
        .. Of(5, Statement.KnownProperty, "an unknown property", 0x30, [.. String("a"), 2, 0x28, 1]),
        .. Of(5, Statement.KnownProperty, "a property identifier above 63", 0x30, [.. String("a"), 2, 0x68, 1]),
        .. Of(5, Statement.PropertyOnce, "a property twice", 0x30, [.. String("a"), 4, 1, 0, 1, 0]),
        .. Of(5, Statement.PropertyValue, "a payload format of 2", 0x30, [.. String("a"), 2, 1, 2]),
        .. Of(5, Statement.PropertyValue, "a subscription identifier of 0", 0x82, 0, 1, 2, 0x0B, 0, 0, 1, 0x61, 0),
        .. Of(5, Statement.TopicAlias, "the topic alias 0", 0x30, [.. String("a"), 3, 0x23, 0, 0]),
        .. Of(5, Statement.TopicAliasMaximum, "a topic alias of 17", 0x30, [.. String("a"), 3, 0x23, 0, 17]),
        .. Of(5, Statement.TopicNameOrAlias, "a topic alias without a topic", 0x30, 0, 0, 3, 0x23, 0, 16),
        .. Of(5, Statement.ResponseTopic, "a response topic with a wildcard", 0x30, 0, 1, 0x61, 4, 8, 0, 1, 0x2B),
        .. Of(5, Statement.SubscriptionIdentifierOfClient, "a subscription identifier", 0x30, 0, 1, 0x61, 2, 0x0B, 1),
        .. Of(5, Statement.NoRetain, "a retained message", 0x31, [.. String("a"), 0]),
        .. Of(5, Statement.PubAckCode, "a PUBACK with a code of PUBREL", 0x40, 0, 1, 0x92),
        .. Of(5, Statement.PubRecCode, "a PUBREC with an unknown code", 0x50, 0, 1, 0x55),
        .. Of(5, Statement.PubRelCode, "a PUBREL with a code of PUBREC", 0x62, 0, 1, 0x10),
        .. Of(5, Statement.PubCompCode, "a PUBCOMP with an unknown code", 0x70, 0, 1, 1),
        .. Of(5, Statement.TopicFilter, "a misplaced single-level wildcard", 0x82, 0, 1, 0, 0, 2, 0x61, 0x2B, 0),
        .. Of(5, Statement.TopicFilter, "a misplaced multi-level wildcard", 0x82, [0, 1, 0, .. String("a#"), 0]),
        .. Of(5, Statement.TopicFilter, "an empty filter", 0xA2, 0, 1, 0, 0, 0),
        .. Of(5, Statement.SubscribeToOne, "a SUBSCRIBE without filters", 0x82, 0, 1, 0),
        .. Of(5, Statement.UnsubscribeFromOne, "an UNSUBSCRIBE without filters", 0xA2, 0, 1, 0),
        .. Of(5, Statement.SubscriptionQos, "a subscription of QoS 3", 0x82, 0, 1, 0, 0, 1, 0x61, 3),
        .. Of(5, Statement.SubscriptionOptions, "a reserved bit of a subscription", 0x82, 0, 1, 0, 0, 1, 0x61, 0x40),
        .. Of(5, Statement.SubscriptionOptions, "the retain handling 3", 0x82, 0, 1, 0, 0, 1, 0x61, 0x30),
        .. Of(5, Statement.NoLocalShared, "no local in a shared subscription", 0x82,
            [0, 1, 0, .. String("$share/group/a"), 4]),
        .. Of(5, Statement.DisconnectCode, "a DISCONNECT with a code of servers", 0xE0, 0x8B, 0),
        .. Of(5, Statement.SessionExpiry, "a session expiry after one of 0", 0xE0, 0, 5, 0x11, 0, 0, 0, 1),

        .. Both(Statement.FirstPacket, "a PINGREQ before the CONNECT", [0xC0, 0]),
        .. BothConnect(Statement.ProtocolName, "another protocol", level => Connect("pump", level, protocol: "HTTP")),
        .. BothConnect(Statement.Level, "an unknown level", _ => Connect("pump", 6)),
        .. BothConnect(Statement.ReservedConnectFlag, "the reserved flag", level => Connect("pump", level, flags: 3)),
        .. BothConnect(Statement.WillQosWithoutWill, "a will QoS", level => Connect("pump", level, flags: 0x0A)),
        .. BothConnect(Statement.WillQos, "the will QoS 3", level => Connect("pump", level, flags: 0x1E)),
        .. BothConnect(Statement.WillRetainWithoutWill, "will retain", level => Connect("pump", level, flags: 0x22)),
        .. BothConnect(Statement.TopicName, "a will to a wildcard", level => Packet(0x10, [
            .. String("MQTT"), level, 6, 0, 60, .. level == 5 ? [(byte)0] : Array.Empty<byte>(), .. String("pump"),
            .. level == 5 ? [(byte)0] : Array.Empty<byte>(), .. String("a/#"), 0, 0])),
        .. BothConnect(Statement.Length, "no client id", level => Packet(0x10, Connect("", level)[2..^2])),
        .. BothConnect(Statement.Length, "a will that is missing", level => Connect("pump", level, flags: 6)),
        .. BothConnect(Statement.Length, "a user name that is missing", level => Connect("pump", level, flags: 0x82)),
        .. BothConnect(Statement.Length, "a byte after the last field", level => Packet(
            0x10, [.. Connect("pump", level)[2..], 0])),
        new(Statement.MinimalInteger, 4, "a remaining length in two bytes", [0xC0, 0x80, 0]),
        new(Statement.PasswordWithoutUserName, 4, "a password alone", Connect("pump", flags: 0x42)),
        new(Statement.SessionWithoutClientId, 4, "a persistent session without a client id", Connect("", flags: 0)),
        .. OfConnect(Statement.PropertyOnce, "a property twice", 0x21, 0, 1, 0x21, 0, 1),
        .. OfConnect(Statement.PropertyValue, "the receive maximum 0", 0x21, 0, 0),
        .. OfConnect(Statement.PropertyValue, "the maximum packet size 0", 0x27, 0, 0, 0, 0),
        .. OfConnect(Statement.PropertyValue, "a request for problem information of 2", 0x17, 2),
        .. OfConnect(Statement.AuthenticationData, "authentication data without a method", 0x16, 0, 1, 7),
        .. OfConnect(Statement.Length, "a property beyond the end of the properties", 0x22, 0),
    ];

    /// <summary>It is the first packet of its connection.</summary>
    public bool IsFirst => Statement == Statement.FirstPacket || Bytes[0] == 0x10 && Statement != Statement.OneConnect;

    public override string ToString() => $"{What} in MQTT {(Level == 5 ? "5" : "3.1.1")}";

    private static Violation[] Both(Statement statement, string what, byte first, params byte[] body) =>
        Both(statement, what, Packet(first, body));

    private static Violation[] Both(Statement statement, string what, byte[] packet) =>
        [new(statement, 4, what, packet), new(statement, 5, what, packet)];

    private static Violation[] BothConnect(Statement statement, string what, Func<byte, byte[]> connect) =>
        [new(statement, 4, what, connect(4)), new(statement, 5, what, connect(5))];

    private static Violation[] Of(byte level, Statement statement, string what, byte first, params byte[] body) =>
        [new(statement, level, what, Packet(first, body))];

    private static Violation[] OfConnect(Statement statement, string what, params byte[] properties) =>
    [
        new(statement, 5, what, Packet(
            0x10, [.. String("MQTT"), 5, 2, 0, 60, (byte)properties.Length, .. properties, .. String("pump")])),
    ];
}
