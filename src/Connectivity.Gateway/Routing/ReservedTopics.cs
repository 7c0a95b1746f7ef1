using System.Collections;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Protocol;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Connectivity.Gateway.Routing;

/// <summary>
/// Topics that start with <c>$</c> belong to the server: clients may subscribe to them but not publish to them. Source:
/// MQTT 5.0, section 4.7.2; AWS IoT makes <c>$aws/events/</c> subscribe-only.
/// </summary>
internal sealed class ReservedTopics
{
    /// <summary>Marks the server's own messages: no client can attach this object.</summary>
    private readonly IDictionary _server = new Hashtable();
    private int _subscriptions;

    public bool HasSubscribers => Volatile.Read(ref _subscriptions) > 0;

    public void Subscribed(string filter)
    {
        if (TopicRules.IsReserved(filter)) Interlocked.Increment(ref _subscriptions);
    }

    public void Unsubscribed(string filter)
    {
        if (TopicRules.IsReserved(filter)) Interlocked.Decrement(ref _subscriptions);
    }

    public InjectedMqttApplicationMessage FromServer(MqttApplicationMessage message) =>
        new(message) { SenderClientId = "", CustomSessionItems = _server };

    /// <summary>
    /// Drops a message that the client may not publish; MQTT 5 clients receive 0x87 in the acknowledgement, and the
    /// connection stays open.
    /// </summary>
    /// <param name="sender">Null if the client has left, or if the server is the sender.</param>
    public void OnPublish(InterceptingPublishEventArgs publish, ClientAuthorization? sender)
    {
        // Retained messages are not supported: the flag is cleared, and the message is routed like any other.
        publish.ApplicationMessage.Retain = false;
        // DUP is about the sender's own transmission, but the library would copy it: [MQTT-3.3.1-3].
        publish.ApplicationMessage.Dup = false;
        // An empty topic comes from an undefined alias, which the library refuses.
        if (ReferenceEquals(publish.SessionItems, _server) || string.IsNullOrEmpty(publish.ApplicationMessage.Topic))
            return;
        if (sender?.MayPublish(publish.ApplicationMessage.Topic) is true) return;
        publish.ProcessPublish = false;
        publish.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
    }
}
