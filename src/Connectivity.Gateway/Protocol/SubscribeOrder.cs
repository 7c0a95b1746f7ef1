using System.Collections.Concurrent;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Makes the filters of one SUBSCRIBE count in their order, which MQTTnet's server replaces by the descending one of
/// QoS: the last of equal filters holds ([MQTT-3.8.4-5]; MQTT 3.1.1, [MQTT-3.8.4-4]), and the reason codes of the
/// SUBACK have the order of the filters ([MQTT-3.9.3-1]).
/// </summary>
internal sealed class SubscribeOrder
{
    // Bounded by the number of unanswered packets: see UnansweredPackets.
    private readonly ConcurrentDictionary<ushort, int[]> _positions = new();

    public void Received(MqttSubscribePacket subscribe)
    {
        var filters = subscribe.TopicFilters;
        if (filters.Count < 2) return;
        var last = new Dictionary<string, MqttTopicFilter>(StringComparer.Ordinal);
        foreach (var filter in filters) last[filter.Topic] = filter;
        for (var i = 0; i < filters.Count; i++) filters[i] = last[filters[i].Topic];
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
