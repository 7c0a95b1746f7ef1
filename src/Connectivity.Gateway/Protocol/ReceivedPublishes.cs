using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// The messages of a client that are not acknowledged to their end: a repeated one of QoS 2 is delivered once, which
/// the library does not do, and a client of MQTT 5 may not have more than the Receive Maximum.
/// </summary>
internal sealed class ReceivedPublishes
{
    /// <summary>Announced in the CONNACK: MQTT 5.0, section 3.2.2.3.3.</summary>
    public const ushort Maximum = 1000;

    private readonly Lock _lock = new();
    private readonly HashSet<ushort> _unreleased = [];
    private int _unacknowledged;

    /// <summary>
    /// False for a message of QoS 2 that has been received before and is not released: it must only be acknowledged
    /// again. Source: MQTT 5.0, [MQTT-4.3.3-10]; MQTT 3.1.1, [MQTT-4.3.3-2].
    /// </summary>
    /// <param name="isLimited">The client has received the Receive Maximum: it speaks MQTT 5.</param>
    /// <exception cref="ProtocolErrorException">The client exceeds the Receive Maximum.</exception>
    public bool Received(MqttPacket packet, bool isLimited)
    {
        lock (_lock)
        {
            if (packet is MqttPubRelPacket release) _unreleased.Remove(release.PacketIdentifier);
            if (packet is not MqttPublishPacket { QualityOfServiceLevel: > 0 } publish) return true;
            if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce) _unacknowledged++;
            else if (!_unreleased.Add(publish.PacketIdentifier)) return false;
            PacketCursor.Require(
                !isLimited || _unacknowledged + _unreleased.Count <= Maximum, Statement.ReceiveMaximum);
            return true;
        }
    }

    /// <summary>Called before the packet is sent: the client may answer at once.</summary>
    public void Sending(MqttPacket packet)
    {
        lock (_lock)
        {
            if (packet is MqttPubAckPacket) _unacknowledged--;
            // The message was refused, and its identifier is free: MQTT 5.0, [MQTT-4.3.3-9].
            if (packet is MqttPubRecPacket { ReasonCode: >= MqttPubRecReasonCode.UnspecifiedError } refused)
                _unreleased.Remove(refused.PacketIdentifier);
        }
    }
}
