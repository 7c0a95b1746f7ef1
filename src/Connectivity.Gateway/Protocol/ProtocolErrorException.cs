using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>The client broke the protocol; the code is what MQTT 5 clients are told before the connection is closed.</summary>
/// <param name="connack">The CONNACK that a CONNECT at fault is answered with, where the specification wants one.</param>
internal sealed class ProtocolErrorException(MqttDisconnectReasonCode code, byte[]? connack = null) : Exception(code.ToString())
{
    public MqttDisconnectReasonCode Code => code;

    public byte[]? ConnAck => connack;
}
