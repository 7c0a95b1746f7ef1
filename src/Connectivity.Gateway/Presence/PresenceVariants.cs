using System.Collections.Concurrent;
using Connectivity.Gateway.Access;
using MQTTnet;

namespace Connectivity.Gateway.Presence;

/// <summary>
/// Presence messages that are routed twice, once with the client's address and once without, so that each subscriber gets the one that is
/// for it, and only that.
/// </summary>
internal sealed class PresenceVariants
{
    private readonly ConcurrentDictionary<MqttApplicationMessage, Variant> _routed = new(ReferenceEqualityComparer.Instance);

    /// <summary>Routes the variant with the address to all who may know it, and the other to the rest.</summary>
    public async Task RouteAsync(MqttApplicationMessage with, MqttApplicationMessage without, Func<MqttApplicationMessage, Task> route)
    {
        HashSet<ClientAuthorization> served = [];
        await RouteAsync(with, new Variant(true, served), route);
        await RouteAsync(without, new Variant(false, served), route);
    }

    /// <summary>Whether the message, one of these or any other, is for this receiver.</summary>
    public bool IsFor(ClientAuthorization receiver, MqttApplicationMessage message) => _routed.TryGetValue(message, out var variant)
        ? variant.Takes(receiver, message.Topic)
        : receiver.MayReceive(message.Topic, withSocketInformation: false);

    private async Task RouteAsync(MqttApplicationMessage message, Variant variant, Func<MqttApplicationMessage, Task> route)
    {
        _routed[message] = variant;
        try
        {
            await route(message);
        }
        finally
        {
            _routed.TryRemove(message, out _);
        }
    }

    /// <param name="served">
    /// Who took the first variant: asked again they might answer otherwise, as policies change, and get both. A message is routed to one
    /// receiver after the other, so that nothing here is shared.
    /// </param>
    private sealed class Variant(bool withSocketInformation, HashSet<ClientAuthorization> served)
    {
        public bool Takes(ClientAuthorization receiver, string topic) =>
            !served.Contains(receiver) && receiver.MayReceive(topic, withSocketInformation) && served.Add(receiver);
    }
}
