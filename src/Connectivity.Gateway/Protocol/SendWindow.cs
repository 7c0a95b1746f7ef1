using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Holds messages back while the client has as many that it has not acknowledged as it accepts. Nothing else waits.
/// Source: MQTT 5.0, section 4.9, [MQTT-3.3.4-9] and [MQTT-3.3.4-10].
/// </summary>
internal sealed class SendWindow
{
    private readonly Lock _lock = new();
    private readonly HashSet<ushort> _unacknowledged = [];

    // Bounded by PendingMessages.
    private readonly Queue<MqttPublishPacket> _waiting = new();

    /// <summary>The client's Receive Maximum; 0 means that it has sent none: section 3.1.2.11.3.</summary>
    public ushort Maximum { get; set; }

    /// <summary>False if the message has to wait: it is returned by <see cref="Received"/> later.</summary>
    public bool MaySend(MqttPacket packet)
    {
        if (packet is not MqttPublishPacket { QualityOfServiceLevel: > 0 } publish) return true;
        lock (_lock)
        {
            if (_unacknowledged.Count < Limit && _waiting.Count == 0)
                return _unacknowledged.Add(publish.PacketIdentifier);
            _waiting.Enqueue(publish);
            return false;
        }
    }

    /// <summary>Returns a message that may be sent now, after this packet; null if there is none.</summary>
    public MqttPublishPacket? Received(MqttPacket packet)
    {
        ushort? acknowledged = packet switch
        {
            MqttPubAckPacket puback => puback.PacketIdentifier,
            MqttPubCompPacket pubcomp => pubcomp.PacketIdentifier,
            MqttPubRecPacket { ReasonCode: >= MqttPubRecReasonCode.UnspecifiedError } refused =>
                refused.PacketIdentifier,
            _ => null,
        };
        return acknowledged is { } identifier ? Next(identifier) : null;
    }

    /// <summary>Returns a message that may be sent instead of this one, which the client does not get.</summary>
    public MqttPublishPacket? Dropped(MqttPacket packet) =>
        packet is MqttPublishPacket publish ? Next(publish.PacketIdentifier) : null;

    private MqttPublishPacket? Next(ushort freed)
    {
        lock (_lock)
        {
            if (!_unacknowledged.Remove(freed) || !_waiting.TryDequeue(out var next)) return null;
            _unacknowledged.Add(next.PacketIdentifier);
            return next;
        }
    }

    private int Limit => Maximum == 0 ? ushort.MaxValue : Maximum;
}
