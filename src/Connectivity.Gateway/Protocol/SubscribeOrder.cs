using System.Collections.Concurrent;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Brings the answers to a SUBSCRIBE into the order of its filters (MQTT 5.0, section 3.9.3, [MQTT-3.8.4-6]): MQTTnet's server answers
/// in descending order of QoS.
/// </summary>
internal sealed class SubscribeOrder
{
    // As many as there are packets that await their answer, which is bounded: see UnansweredPackets.
    private readonly ConcurrentDictionary<ushort, int[]> _places = new();

    public void Received(MqttSubscribePacket subscribe)
    {
        var filters = subscribe.TopicFilters;
        if (filters.Count < 2) return;
        // The same stable order that the server brings them into.
        _places[subscribe.PacketIdentifier] =
            [.. Enumerable.Range(0, filters.Count).OrderByDescending(place => filters[place].QualityOfServiceLevel)];
    }

    public void Sending(MqttSubAckPacket suback)
    {
        if (!_places.TryRemove(suback.PacketIdentifier, out var places) || places.Length != suback.ReasonCodes.Count) return;
        var answers = suback.ReasonCodes.ToArray();
        for (var i = 0; i < places.Length; i++) suback.ReasonCodes[places[i]] = answers[i];
    }
}
