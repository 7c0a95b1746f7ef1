using System.Collections.Concurrent;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Sorts the reason codes of a SUBACK in the order of the filters (MQTT 5.0, section 3.9.3, [MQTT-3.8.4-6]): MQTTnet's
/// server returns them in descending order of QoS.
/// </summary>
internal sealed class SubscribeOrder
{
    // Bounded by the number of unanswered packets: see UnansweredPackets.
    private readonly ConcurrentDictionary<ushort, int[]> _positions = new();

    public void Received(MqttSubscribePacket subscribe)
    {
        var filters = subscribe.TopicFilters;
        if (filters.Count < 2) return;
        // The stable order in which the server processes them.
        _positions[subscribe.PacketIdentifier] =
            [.. Enumerable.Range(0, filters.Count).OrderByDescending(index => filters[index].QualityOfServiceLevel)];
    }

    public void Sending(MqttSubAckPacket suback)
    {
        if (!_positions.TryRemove(suback.PacketIdentifier, out var positions)
            || positions.Length != suback.ReasonCodes.Count)
            return;
        var codes = suback.ReasonCodes.ToArray();
        for (var i = 0; i < positions.Length; i++) suback.ReasonCodes[positions[i]] = codes[i];
    }
}
