using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// What a client may send once it is connected. Source: MQTT 5.0, sections 3 and 4; MQTT 3.1.1 has the same.
/// </summary>
internal static class PacketRules
{
    /// <summary>
    /// Topic aliases that a client may use; each keeps a topic name in memory. Announced in the CONNACK: section
    /// 3.2.2.3.8.
    /// </summary>
    public const ushort TopicAliasMaximum = 16;

    /// <exception cref="ProtocolErrorException">The client may not send this packet.</exception>
    public static void Check(MqttPacket packet, MqttConnectPacket connect)
    {
        switch (packet)
        {
            case MqttPublishPacket publish:
                Check(publish);
                break;
            case MqttSubscribePacket subscribe:
                Require(
                    subscribe.PacketIdentifier != 0 && subscribe.TopicFilters.Count > 0,
                    MqttDisconnectReasonCode.ProtocolError);
                foreach (var filter in subscribe.TopicFilters)
                {
                    Require(
                        filter.QualityOfServiceLevel <= MqttQualityOfServiceLevel.ExactlyOnce,
                        MqttDisconnectReasonCode.MalformedPacket);
                    Require(TopicRules.IsFilter(filter.Topic), MqttDisconnectReasonCode.TopicFilterInvalid);
                }

                break;
            case MqttUnsubscribePacket unsubscribe:
                Require(
                    unsubscribe.PacketIdentifier != 0 && unsubscribe.TopicFilters.Count > 0,
                    MqttDisconnectReasonCode.ProtocolError);
                foreach (var filter in unsubscribe.TopicFilters)
                    Require(TopicRules.IsFilter(filter), MqttDisconnectReasonCode.TopicFilterInvalid);
                break;
            case MqttDisconnectPacket disconnect:
                // A Session Expiry Interval of 0 in the CONNECT can't be raised later: section 3.14.2.2.2.
                Require(
                    disconnect.SessionExpiryInterval == 0 || connect.SessionExpiryInterval != 0,
                    MqttDisconnectReasonCode.ProtocolError);
                break;
            case MqttPubAckPacket or MqttPubRecPacket or MqttPubRelPacket or MqttPubCompPacket or MqttPingReqPacket:
                break;
            default:
                // A second CONNECT (section 3.1, [MQTT-3.1.0-2]), AUTH without an authentication method, or a packet
                // that only servers send.
                throw new ProtocolErrorException(MqttDisconnectReasonCode.ProtocolError);
        }
    }

    private static void Check(MqttPublishPacket publish)
    {
        Require(
            publish.QualityOfServiceLevel <= MqttQualityOfServiceLevel.ExactlyOnce,
            MqttDisconnectReasonCode.MalformedPacket);
        Require(
            publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce || publish.PacketIdentifier != 0,
            MqttDisconnectReasonCode.ProtocolError);
        Require(publish.TopicAlias <= TopicAliasMaximum, MqttDisconnectReasonCode.TopicAliasInvalid);
        // An alias replaces the topic name: section 3.3.2.3.4.
        var aliased = publish.TopicAlias != 0 && string.IsNullOrEmpty(publish.Topic);
        Require(aliased || TopicRules.IsName(publish.Topic), MqttDisconnectReasonCode.TopicNameInvalid);
    }

    private static void Require(bool isMet, MqttDisconnectReasonCode otherwise)
    {
        if (!isMet) throw new ProtocolErrorException(otherwise);
    }
}
