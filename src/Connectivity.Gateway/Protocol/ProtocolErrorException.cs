using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// The client violated the protocol; MQTT 5 clients receive the code before the connection is closed.
/// </summary>
/// <param name="connack">The CONNACK that answers a malformed CONNECT, if the specification requires one.</param>
internal sealed class ProtocolErrorException(MqttDisconnectReasonCode code, byte[]? connack = null)
    : Exception(code.ToString())
{
    public MqttDisconnectReasonCode Code => code;

    public byte[]? ConnAck => connack;
}
