using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Listening;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Routing;
using Microsoft.Extensions.Logging;
using MQTTnet.Server;

namespace Connectivity.Gateway;

/// <summary>
/// Creates MQTTnet's server, which routes messages between clients, with the gateway's limits. Sessions end with their
/// connections and nothing is retained, so that the number of connections bounds its memory.
/// </summary>
internal static class MessageRouting
{
    public static MqttServer Server(
        GatewayOptions options, DeviceListener listener, ActiveConnections connections, ReservedTopics reserved,
        PresenceVariants variants, ILogger logger)
    {
        var server = new MqttServer(
            new MqttServerOptions
            {
                EnablePersistentSessions = false,
                // PendingMessages limits them, unacknowledged ones included; the library counts neither bytes nor those.
                MaxPendingMessagesPerClient = int.MaxValue,
                // DeviceConnection enforces the timeout of the CONNECT; this one only has to be later.
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
            reserved.OnPublish(publish, connections.Find(publish.ClientId)?.ClientAuthorization);
            return Task.CompletedTask;
        };
        server.InterceptingClientEnqueueAsync += message =>
        {
            message.AcceptEnqueue = connections.Find(message.ReceiverClientId) is { } receiver
                && variants.IsFor(receiver.ClientAuthorization, message.ApplicationMessage)
                && receiver.TryAddPending(message.ApplicationMessage);
            return Task.CompletedTask;
        };
        server.ClientAcknowledgedPublishPacketAsync += acknowledged =>
        {
            connections.Find(acknowledged.ClientId)?.Pending.Remove(acknowledged.PublishPacket);
            return Task.CompletedTask;
        };
        server.InterceptingSubscriptionAsync += subscription =>
        {
            if (connections.Find(subscription.ClientId) is { } subscriber)
                subscriber.Subscriptions.OnSubscribe(subscription, subscriber.PacketFormatterAdapter.ProtocolVersion);
            return Task.CompletedTask;
        };
        server.InterceptingUnsubscriptionAsync += subscription =>
        {
            connections.Find(subscription.ClientId)?.Subscriptions.OnUnsubscribe(subscription.Topic);
            return Task.CompletedTask;
        };
        return server;
    }
}
