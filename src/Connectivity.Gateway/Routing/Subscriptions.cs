using Connectivity.Gateway.Access;
using MQTTnet.Formatter;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Connectivity.Gateway.Routing;

/// <summary>
/// The topic filters that one client is subscribed to. Not locked, because a client's packets are processed one after
/// the other.
/// </summary>
internal sealed class Subscriptions(ReservedTopics reserved, ClientAuthorization authorization, int maximum)
{
    private HashSet<string>? _filters;

    public void OnSubscribe(InterceptingSubscriptionEventArgs subscription, MqttProtocolVersion version)
    {
        var filter = subscription.TopicFilter.Topic;
        if (filter.StartsWith("$share/", StringComparison.Ordinal))
        {
            Refuse(MqttSubscribeReasonCode.SharedSubscriptionsNotSupported);
            return;
        }

        // Also for an existing subscription, whose permission may have been withdrawn.
        if (!authorization.MaySubscribe(filter))
        {
            Refuse(MqttSubscribeReasonCode.NotAuthorized);
            return;
        }

        _filters ??= new HashSet<string>(StringComparer.Ordinal);
        if (_filters.Contains(filter)) return;
        if (_filters.Count >= maximum)
        {
            Refuse(MqttSubscribeReasonCode.QuotaExceeded);
            return;
        }

        _filters.Add(filter);
        reserved.Subscribed(filter);

        // MQTT 3.1.1 has a single failure code: section 3.9.3.
        void Refuse(MqttSubscribeReasonCode code)
        {
            subscription.ProcessSubscription = false;
            subscription.Response.ReasonCode = version == MqttProtocolVersion.V500
                ? code
                : MqttSubscribeReasonCode.UnspecifiedError;
        }
    }

    public void OnUnsubscribe(string filter)
    {
        if (_filters?.Remove(filter) is true) reserved.Unsubscribed(filter);
    }

    public void Clear()
    {
        foreach (var filter in _filters ?? []) reserved.Unsubscribed(filter);
        _filters = null;
    }
}
