using static Connectivity.Gateway.Protocol.PacketCursor;
using static Connectivity.Gateway.Protocol.PacketProperties;

namespace Connectivity.Gateway.Protocol;

/// <summary>Checks a CONNECT. Source: MQTT 5.0, section 3.1; MQTT 3.1.1, section 3.1.</summary>
internal static class ConnectPacket
{
    private const byte Level5 = 5;

    /// <param name="sessionExpires">The client asks for a session that outlasts its connection.</param>
    /// <returns>Whether the client speaks MQTT 5.</returns>
    public static bool Check(PacketCursor packet, out bool sessionExpires)
    {
        var level = CheckLevel(ref packet);
        var flags = packet.Byte();
        CheckFlags(flags, level);
        packet.UInt16();
        sessionExpires = false;
        if (level == Level5)
        {
            var properties = Read(
                ref packet, SessionExpiry, ReceiveMaximum, MaximumPacketSize, TopicAliasMaximum,
                RequestResponseInformation, RequestProblemInformation, UserProperty, AuthenticationMethod,
                AuthenticationData);
            Require(
                !properties.Has(AuthenticationData) || properties.Has(AuthenticationMethod),
                Statement.AuthenticationData);
            sessionExpires = properties.SessionExpirySeconds > 0;
        }

        var clientId = packet.Text();
        Require(level == Level5 || clientId.Length > 0 || (flags & 0x02) != 0, Statement.SessionWithoutClientId);
        if ((flags & 0x04) != 0) CheckWill(ref packet, level);
        if ((flags & 0x80) != 0) packet.Text();
        if ((flags & 0x40) != 0) packet.Binary();
        packet.RequireEnd();
        return level == Level5;
    }

    /// <summary>MQTT 3.1, whose name differs, is served as 3.1.1.</summary>
    private static byte CheckLevel(ref PacketCursor packet)
    {
        var name = packet.Text();
        var level = packet.Byte();
        if (name.SequenceEqual("MQTT"u8)) Require(level is 4 or Level5, Statement.Level);
        else Require(name.SequenceEqual("MQIsdp"u8) && level == 3, Statement.ProtocolName);
        return level;
    }

    private static void CheckFlags(byte flags, byte level)
    {
        Require((flags & 0x01) == 0, Statement.ReservedConnectFlag);
        var hasWill = (flags & 0x04) != 0;
        Require(hasWill || (flags & 0x18) == 0, Statement.WillQosWithoutWill);
        Require((flags & 0x18) != 0x18, Statement.WillQos);
        Require(hasWill || (flags & 0x20) == 0, Statement.WillRetainWithoutWill);
        Require(level == Level5 || (flags & 0xC0) != 0x40, Statement.PasswordWithoutUserName);
    }

    private static void CheckWill(ref PacketCursor packet, byte level)
    {
        if (level == Level5)
            Read(
                ref packet, WillDelay, PayloadFormat, MessageExpiry, ContentType, ResponseTopic, CorrelationData,
                UserProperty);
        Require(TopicRules.IsName(packet.Text()), Statement.TopicName);
        packet.Binary();
    }
}
