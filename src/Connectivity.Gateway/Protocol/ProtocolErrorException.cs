using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// The client violated the protocol; MQTT 5 clients receive the code before the connection is closed.
/// </summary>
internal sealed class ProtocolErrorException(MqttDisconnectReasonCode code) : Exception(code.ToString())
{
    public ProtocolErrorException(Statement violated)
        : this(violated.Code) => Violated = violated;

    public MqttDisconnectReasonCode Code => code;

    /// <summary>Null for what is below MQTT, and for a limit.</summary>
    public Statement? Violated { get; }

    /// <summary>The CONNACK that answers a malformed CONNECT, where the specification requires one.</summary>
    public byte[]? ConnAck => Violated?.ConnAckCode is { } answer ? [0x20, 0x02, 0x00, answer] : null;
}
