using System.Text;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>Which CONNECT packets are accepted. Source: MQTT 5.0, section 3.1; MQTT 3.1.1, section 3.1.</summary>
internal static class ConnectRules
{
    /// <summary>
    /// Bytes of the longest client id and user name served. Only ids of up to 128 characters can be things; the bound is for memory, as
    /// both are kept with every connection and every queued report.
    /// </summary>
    public const int MaximumNameLength = 1024;

    /// <summary>Why the connection is refused, or null.</summary>
    /// <exception cref="ProtocolErrorException">The packet is malformed, and is answered by closing the connection.</exception>
    public static MqttConnectReasonCode? Refusal(MqttConnectPacket connect)
    {
        if (TopicRules.HasNull(connect.ClientId)
            || TopicRules.HasNull(connect.Username ?? "")
            || connect.WillFlag && (!TopicRules.IsName(connect.WillTopic) || connect.WillQoS > MqttQualityOfServiceLevel.ExactlyOnce))
            throw new ProtocolErrorException(MqttDisconnectReasonCode.MalformedPacket);

        // U+FFFD is what ill-formed UTF-8 decodes to: two different ids could look the same.
        if (connect.ClientId.Contains('\uFFFD') || Encoding.UTF8.GetByteCount(connect.ClientId) > MaximumNameLength)
            return MqttConnectReasonCode.ClientIdentifierNotValid;
        if (Encoding.UTF8.GetByteCount(connect.Username ?? "") > MaximumNameLength)
            return MqttConnectReasonCode.BadUserNameOrPassword;
        // A server that does not support the method says so: section 4.12, [MQTT-4.12.0-1].
        return connect.AuthenticationMethod is null ? null : MqttConnectReasonCode.BadAuthenticationMethod;
    }
}
