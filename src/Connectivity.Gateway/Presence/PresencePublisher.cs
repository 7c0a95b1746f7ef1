using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Routing;
using Microsoft.Extensions.Logging;
using MQTTnet.Server;

namespace Connectivity.Gateway.Presence;

/// <summary>Publishes presence messages to the subscribers, after the sink has taken the events.</summary>
internal sealed class PresencePublisher(MqttServer server, ReservedTopics topics, ILogger logger)
{
    /// <summary>An open connection that was reported again is no news, and publishes nothing.</summary>
    public async Task PublishAsync(IReadOnlyList<Report> batch)
    {
        if (batch[0].Age == Age.Any) return;
        foreach (var report in batch)
        {
            // No wildcard at the start of a filter matches a topic that starts with $, so without such a filter there is no receiver.
            if (!topics.HasSubscribers || PresenceMessage.Of(report.Event) is not { } message) continue;
            try
            {
                await server.InjectApplicationMessage(topics.FromServer(message));
            }
            catch (Exception exception)
            {
                // The gateway is stopping, or a subscriber is: an event that is stored must not wait for either.
                logger.PresenceNotPublished(exception.GetType().Name);
            }
        }
    }
}
