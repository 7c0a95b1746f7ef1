using System.Text;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>Which CONNECT packets are accepted. Source: MQTT 5.0, section 3.1; MQTT 3.1.1, section 3.1.</summary>
internal static class ConnectRules
{
    /// <summary>
    /// Bytes of the longest accepted client id and user name. Only ids of up to 128 characters can be things; this
    /// limit bounds memory, because every connection and every queued event holds both.
    /// </summary>
    public const int MaximumNameLength = 1024;

    /// <summary>Returns why the connection is refused, or null.</summary>
    /// <exception cref="ProtocolErrorException">
    /// The packet is malformed, and is answered by closing the connection.
    /// </exception>
    public static MqttConnectReasonCode? Refusal(MqttConnectPacket connect)
    {
        if (TopicRules.HasNull(connect.ClientId)
            || TopicRules.HasNull(connect.Username ?? "")
            || connect.WillFlag && !TopicRules.IsName(connect.WillTopic)
            || connect.WillFlag && connect.WillQoS > MqttQualityOfServiceLevel.ExactlyOnce)
            throw new ProtocolErrorException(MqttDisconnectReasonCode.MalformedPacket);

        // Ill-formed UTF-8 decodes to U+FFFD: two different ids could become equal.
        if (connect.ClientId.Contains('\uFFFD') || Encoding.UTF8.GetByteCount(connect.ClientId) > MaximumNameLength)
            return MqttConnectReasonCode.ClientIdentifierNotValid;
        if (Encoding.UTF8.GetByteCount(connect.Username ?? "") > MaximumNameLength)
            return MqttConnectReasonCode.BadUserNameOrPassword;
        // No authentication method is supported: section 4.12, [MQTT-4.12.0-1].
        return connect.AuthenticationMethod is null ? null : MqttConnectReasonCode.BadAuthenticationMethod;
    }
}
