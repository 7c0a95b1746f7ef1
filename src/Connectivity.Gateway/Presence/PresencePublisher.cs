using Connectivity.Gateway.Access;
using Connectivity.Gateway.Routing;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Server;

namespace Connectivity.Gateway.Presence;

/// <summary>Publishes presence messages to the subscribers.</summary>
internal sealed class PresencePublisher(
    MqttServer server, ReservedTopics topics, PresenceVariants variants, IDeviceAccess access, TimeProvider clock,
    ILogger logger)
{
    /// <summary>
    /// How long the host may take to release addresses; after it they are left out, so that presence messages are not
    /// held up.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Never throws; after a cancellation messages may be missing. The events are already stored or refused.
    /// </summary>
    public async Task PublishAsync(IEnumerable<PresenceEvent> batch, CancellationToken cancellationToken)
    {
        bool? released = null;
        foreach (var presence in batch)
        {
            // No wildcard at the start of a filter matches a topic that starts with $, so without such a filter there
            // is no receiver.
            if (!topics.HasSubscribers || PresenceMessage.Of(presence, withSocketInformation: false) is not { } without)
                continue;
            try
            {
                if (presence.IpAddress is not null && (released ??= await ReleasesAddressesAsync(cancellationToken)))
                    await variants.RouteAsync(
                        PresenceMessage.Of(presence, withSocketInformation: true)!, without, Route);
                else
                    await Route(without);
            }
            catch (Exception exception)
            {
                // The gateway or a subscriber is stopping: the next events must not wait for either.
                logger.PresenceNotPublished(exception.GetType().Name);
            }
        }
    }

    private Task Route(MqttApplicationMessage message) => server.InjectApplicationMessage(topics.FromServer(message));

    private async Task<bool> ReleasesAddressesAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await access.ReleasesSocketInformationAsync(cancellationToken).AsTask()
                .WaitAsync(Timeout, clock, cancellationToken);
        }
        catch (Exception exception)
        {
            logger.AccessFailed(exception.GetType().Name);
            return false;
        }
    }
}
