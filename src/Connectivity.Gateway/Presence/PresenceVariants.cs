using System.Collections.Concurrent;
using Connectivity.Gateway.Access;
using MQTTnet;

namespace Connectivity.Gateway.Presence;

/// <summary>
/// Presence messages that are routed twice, once with the client's address and once without, so that each subscriber
/// receives exactly one of the two.
/// </summary>
internal sealed class PresenceVariants
{
    private readonly ConcurrentDictionary<MqttApplicationMessage, Variant> _routed =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>
    /// Routes the variant with the address to the subscribers that may receive it, and the other to the rest.
    /// </summary>
    public async Task RouteAsync(
        MqttApplicationMessage with, MqttApplicationMessage without, Func<MqttApplicationMessage, Task> route)
    {
        HashSet<ClientAuthorization> served = [];
        await RouteAsync(with, new Variant(true, served), route);
        await RouteAsync(without, new Variant(false, served), route);
    }

    /// <summary>Whether the message, which may also be an ordinary one, is for this receiver.</summary>
    public bool IsFor(ClientAuthorization receiver, MqttApplicationMessage message) =>
        _routed.TryGetValue(message, out var variant)
            ? variant.IsFor(receiver, message.Topic)
            : receiver.MayReceive(message.Topic, withSocketInformation: false);

    private async Task RouteAsync(
        MqttApplicationMessage message, Variant variant, Func<MqttApplicationMessage, Task> route)
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
    /// The receivers of the first variant: after a policy change between the two they could receive both. Not locked,
    /// because a message is routed to one receiver after the other.
    /// </param>
    private sealed class Variant(bool withSocketInformation, HashSet<ClientAuthorization> served)
    {
        public bool IsFor(ClientAuthorization receiver, string topic) =>
            !served.Contains(receiver) && receiver.MayReceive(topic, withSocketInformation) && served.Add(receiver);
    }
}
