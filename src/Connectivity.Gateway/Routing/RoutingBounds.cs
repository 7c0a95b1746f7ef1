using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Routing;

/// <summary>Limits the messages pending to all clients together.</summary>
internal sealed class RoutingBounds(GatewayOptions options, ILogger logger)
{
    private long _dropped;

    public int MessagesPerClient => options.MaximumPendingMessagesPerClient;

    /// <summary>The budget of the messages between clients.</summary>
    public PendingBudget Messages { get; } = new(options.MaximumPendingBytes);

    /// <summary>The budget of presence messages, which no client's messages can use up.</summary>
    public PendingBudget Presence { get; } = new(options.MaximumPendingPresenceBytes);

    public void Drop()
    {
        var dropped = Interlocked.Increment(ref _dropped);
        if (dropped % 1000 == 1) logger.MessagesDropped(dropped);
    }
}
