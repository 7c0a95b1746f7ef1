using MQTTnet.Protocol;
using static Connectivity.Gateway.Protocol.PacketCursor;
using static Connectivity.Gateway.Protocol.PacketProperties;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Checks each packet of one client, on its bytes, before the library decodes it: the library replaces what is
/// ill-formed, ignores what is reserved, and reads beyond lengths. Source: MQTT 5.0 and MQTT 3.1.1, section 3; see
/// <see cref="Statement"/>.
/// </summary>
internal sealed class PacketRules
{
    /// <summary>
    /// Topic aliases that a client may use; each keeps a topic name in memory. Announced in the CONNACK: section
    /// 3.2.2.3.8.
    /// </summary>
    public const ushort TopicAliasMaximum = 16;

    private static ReadOnlySpan<byte> PublishCodes => [0, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];

    private bool _isConnected;
    private bool _is5;
    private bool _sessionExpires;

    // One bit for each topic alias that has a topic.
    private uint _aliases;

    /// <param name="first">The first byte of the fixed header, whose flags <see cref="FixedHeader"/> checks.</param>
    /// <param name="body">What follows the fixed header.</param>
    /// <exception cref="ProtocolErrorException">The client may not send this packet.</exception>
    public void Check(byte first, ReadOnlySpan<byte> body)
    {
        var packet = new PacketCursor(body);
        var type = (MqttControlPacketType)(first >> 4);
        if (!_isConnected)
        {
            Require(type == MqttControlPacketType.Connect, Statement.FirstPacket);
            _is5 = ConnectPacket.Check(packet, out _sessionExpires);
            _isConnected = true;
            return;
        }

        switch (type)
        {
            case MqttControlPacketType.Publish:
                CheckPublish(first, ref packet);
                break;
            case MqttControlPacketType.PubAck:
                CheckAcknowledgement(ref packet, Statement.PubAckCode, PublishCodes);
                break;
            case MqttControlPacketType.PubRec:
                CheckAcknowledgement(ref packet, Statement.PubRecCode, PublishCodes);
                break;
            case MqttControlPacketType.PubRel:
                CheckAcknowledgement(ref packet, Statement.PubRelCode, 0, 0x92);
                break;
            case MqttControlPacketType.PubComp:
                CheckAcknowledgement(ref packet, Statement.PubCompCode, 0, 0x92);
                break;
            case MqttControlPacketType.Subscribe:
                CheckSubscribe(ref packet);
                break;
            case MqttControlPacketType.Unsubscribe:
                CheckUnsubscribe(ref packet);
                break;
            case MqttControlPacketType.PingReq:
                break;
            case MqttControlPacketType.Disconnect:
                CheckDisconnect(ref packet);
                break;
            case MqttControlPacketType.Connect:
                throw new ProtocolErrorException(Statement.OneConnect);
            default:
                // Only servers send it, or AUTH: no authentication method is supported.
                throw new ProtocolErrorException(Statement.Direction);
        }

        packet.RequireEnd();
    }

    private void CheckPublish(byte first, ref PacketCursor packet)
    {
        var qos = first >> 1 & 3;
        Require(qos != 3, Statement.Qos);
        Require(qos != 0 || (first & 0x08) == 0, Statement.DuplicateAtQos0);
        Require(!_is5 || (first & 0x01) == 0, Statement.NoRetain);
        var topic = packet.Text();
        Require(topic.IsEmpty || TopicRules.IsName(topic), Statement.TopicName);
        if (qos != 0) packet.PacketIdentifier();
        var alias = _is5
            ? Read(
                ref packet, PayloadFormat, MessageExpiry, TopicAlias, ResponseTopic, CorrelationData, UserProperty,
                ContentType).Alias
            : 0;
        Require(alias <= TopicAliasMaximum, Statement.TopicAliasMaximum);
        var bit = alias == 0 ? 0 : 1u << alias;
        Require(!topic.IsEmpty || (_aliases & bit) != 0, Statement.TopicNameOrAlias);
        _aliases |= bit;
        packet.SkipRest();
    }

    /// <summary>The code and the properties may be left out: sections 3.4.2, 3.5.2, 3.6.2 and 3.7.2.</summary>
    private void CheckAcknowledgement(ref PacketCursor packet, Statement codes, params ReadOnlySpan<byte> allowed)
    {
        packet.PacketIdentifier();
        if (!_is5 || packet.IsAtEnd) return;
        Require(allowed.Contains(packet.Byte()), codes);
        if (!packet.IsAtEnd) Read(ref packet, ReasonString, UserProperty);
    }

    private void CheckSubscribe(ref PacketCursor packet)
    {
        packet.PacketIdentifier();
        if (_is5) Read(ref packet, SubscriptionIdentifier, UserProperty);
        Require(!packet.IsAtEnd, Statement.SubscribeToOne);
        while (!packet.IsAtEnd)
        {
            var filter = packet.Text();
            Require(TopicRules.IsFilter(filter), Statement.TopicFilter);
            var options = packet.Byte();
            Require((options & 0x03) != 3, Statement.SubscriptionQos);
            // Retain Handling is one of three: section 3.8.3.1.
            Require((options & (_is5 ? 0xC0 : 0xFC)) == 0 && (options & 0x30) != 0x30, Statement.SubscriptionOptions);
            Require((options & 0x04) == 0 || !filter.StartsWith("$share/"u8), Statement.NoLocalShared);
        }
    }

    private void CheckUnsubscribe(ref PacketCursor packet)
    {
        packet.PacketIdentifier();
        if (_is5) Read(ref packet, UserProperty);
        Require(!packet.IsAtEnd, Statement.UnsubscribeFromOne);
        while (!packet.IsAtEnd) Require(TopicRules.IsFilter(packet.Text()), Statement.TopicFilter);
    }

    /// <summary>The code and the properties may be left out: section 3.14.2.</summary>
    private void CheckDisconnect(ref PacketCursor packet)
    {
        if (!_is5 || packet.IsAtEnd) return;
        Require(
            packet.Byte() is 0 or 0x04 or >= 0x80 and <= 0x83 or 0x90 or >= 0x93 and <= 0x99, Statement.DisconnectCode);
        if (packet.IsAtEnd) return;
        var properties = Read(ref packet, SessionExpiry, ReasonString, UserProperty);
        Require(properties.SessionExpirySeconds == 0 || _sessionExpires, Statement.SessionExpiry);
    }
}
