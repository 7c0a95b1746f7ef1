using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>The client broke the protocol; the code is what MQTT 5 clients are told before the connection is closed.</summary>
internal sealed class ProtocolFaultException(MqttDisconnectReasonCode code) : Exception(code.ToString())
{
    public MqttDisconnectReasonCode Code => code;
}
