using System.Text;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Which well-formed CONNECT packets are accepted. Source: MQTT 5.0, section 3.1; MQTT 3.1.1, section 3.1.
/// </summary>
internal static class ConnectRules
{
    /// <summary>
    /// Bytes of the longest accepted client id and user name. Only ids of up to 128 characters can be things; this
    /// limit bounds memory, because every connection and every queued event holds both.
    /// </summary>
    public const int MaximumNameLength = 1024;

    /// <summary>Returns why the connection is refused, or null.</summary>
    public static MqttConnectReasonCode? Refusal(MqttConnectPacket connect, MqttProtocolVersion version)
    {
        if (Encoding.UTF8.GetByteCount(connect.ClientId) > MaximumNameLength)
            return MqttConnectReasonCode.ClientIdentifierNotValid;
        if (Encoding.UTF8.GetByteCount(connect.Username ?? "") > MaximumNameLength)
            return MqttConnectReasonCode.BadUserNameOrPassword;
        // MQTT 3.1.1 has no means to announce that nothing is retained: the will is published unretained.
        if (connect.WillRetain && version == MqttProtocolVersion.V500) return MqttConnectReasonCode.RetainNotSupported;
        // No authentication method is supported: section 4.12, [MQTT-4.12.0-1].
        return connect.AuthenticationMethod is null ? null : MqttConnectReasonCode.BadAuthenticationMethod;
    }
}
