using System.Collections;
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

    public static bool Includes(string topic) => topic.StartsWith('$');

    public bool HasSubscribers => Volatile.Read(ref _subscriptions) > 0;

    public void Subscribed(string filter)
    {
        if (Includes(filter)) Interlocked.Increment(ref _subscriptions);
    }

    public void Unsubscribed(string filter)
    {
        if (Includes(filter)) Interlocked.Decrement(ref _subscriptions);
    }

    public InjectedMqttApplicationMessage FromServer(MqttApplicationMessage message) =>
        new(message) { SenderClientId = "", CustomSessionItems = _server };

    /// <summary>
    /// A message that a client may not publish goes nowhere; MQTT 5 clients read 0x87 in the acknowledgement, and the connection stays.
    /// </summary>
    public Task OnPublishAsync(InterceptingPublishEventArgs publish)
    {
        // Nothing is stored retained: the flag is taken off, and the message routed as any other.
        publish.ApplicationMessage.Retain = false;
        if (Includes(publish.ApplicationMessage.Topic ?? "") && !ReferenceEquals(publish.SessionItems, _server))
        {
            publish.ProcessPublish = false;
            publish.Response.ReasonCode = MqttPubAckReasonCode.NotAuthorized;
        }

        return Task.CompletedTask;
    }
}
