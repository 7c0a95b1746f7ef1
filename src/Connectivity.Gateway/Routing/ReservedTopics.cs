using System.Collections;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Protocol;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Connectivity.Gateway.Routing;

/// <summary>
/// Topics that start with <c>$</c> are the server's: clients may subscribe to them but not publish into them.
/// Source: MQTT 5.0, section 4.7.2; AWS IoT makes <c>$aws/events/</c> subscribe-only.
/// </summary>
internal sealed class ReservedTopics
{
    /// <summary>Known to the server alone: a message that comes with it is the server's own.</summary>
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
    /// A message that a client may not publish goes nowhere; MQTT 5 clients read 0x87 in the acknowledgement, and the connection stays.
    /// </summary>
    /// <param name="sender">Null where it has left, or is the server itself.</param>
    public void OnPublish(InterceptingPublishEventArgs publish, ClientAuthorization? sender)
    {
        // Nothing is stored retained: the flag is taken off, and the message routed as any other.
        publish.ApplicationMessage.Retain = false;
        // Without a topic it came with an alias that stands for none, and is refused by the library.
        if (ReferenceEquals(publish.SessionItems, _server) || string.IsNullOrEmpty(publish.ApplicationMessage.Topic)) return;
        if (sender?.MayPublish(publish.ApplicationMessage.Topic) is true) return;
        publish.ProcessPublish = false;
        publish.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
    }
}
