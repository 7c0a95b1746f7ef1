using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Listening;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Routing;
using Microsoft.Extensions.Logging;
using MQTTnet.Server;

namespace Connectivity.Gateway;

/// <summary>
/// MQTTnet's server, which routes messages between clients, with the gateway's bounds on what it routes. Sessions end with their
/// connections and nothing is retained, so that its memory is bounded by what is connected.
/// </summary>
internal static class MessageRouting
{
    public static MqttServer Server(
        GatewayOptions options, DeviceListener listener, ActiveConnections open, ReservedTopics reserved, PresenceVariants variants, ILogger logger)
    {
        var server = new MqttServer(
            new MqttServerOptions
            {
                EnablePersistentSessions = false,
                // What is pending is bounded here, in all and with what awaits its acknowledgement; the library counts neither.
                MaxPendingMessagesPerClient = int.MaxValue,
                // The connection itself keeps the time of its CONNECT; this only has to be later.
                DefaultCommunicationTimeout = options.ConnectTimeout + TimeSpan.FromSeconds(30),
                KeepAliveOptions = { MonitorInterval = TimeSpan.FromSeconds(5) },
            },
            [listener],
            new LibraryLog(logger));

        server.ValidatingConnectionAsync += validation =>
        {
            if (validation.ChannelAdapter is DeviceConnection { Refusal: { } refusal }) validation.ReasonCode = refusal;
            return Task.CompletedTask;
        };
        server.InterceptingPublishAsync += publish =>
        {
            reserved.OnPublish(publish, open.Find(publish.ClientId)?.ClientAuthorization);
            return Task.CompletedTask;
        };
        server.InterceptingClientEnqueueAsync += message =>
        {
            message.AcceptEnqueue = open.Find(message.ReceiverClientId) is { } receiver
                && variants.IsFor(receiver.ClientAuthorization, message.ApplicationMessage)
                && receiver.TryAddPending(message.ApplicationMessage);
            return Task.CompletedTask;
        };
        server.ClientAcknowledgedPublishPacketAsync += acknowledged =>
        {
            open.Find(acknowledged.ClientId)?.Pending.Remove(MessageSize.Of(acknowledged.PublishPacket));
            return Task.CompletedTask;
        };
        server.InterceptingSubscriptionAsync += subscription =>
        {
            if (open.Find(subscription.ClientId) is { } subscriber)
                subscriber.Subscriptions.OnSubscribe(subscription, subscriber.PacketFormatterAdapter.ProtocolVersion);
            return Task.CompletedTask;
        };
        server.InterceptingUnsubscriptionAsync += subscription =>
        {
            open.Find(subscription.ClientId)?.Subscriptions.OnUnsubscribe(subscription.Topic);
            return Task.CompletedTask;
        };
        return server;
    }
}
