using Connectivity.Api.Ingest;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Gateways;
using Wolverine;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Ends the sessions that a dead gateway node held open: <c>SERVER_ERROR</c>, at the last moment it was known to be alive. The event is the same
/// whoever makes it, so that any number of hosts may lay the same ghost.
/// </summary>
public sealed class GhostSessions(GatewaySessions sessions, GatewayNodes nodes, Account account, IServiceScopeFactory scopes, ILogger<GhostSessions> logger)
{
    private const int BatchSize = 500;

    public async Task LayAsync(GatewayNode node, CancellationToken cancellationToken)
    {
        var laid = 0;
        while (await sessions.OfAsync(node.NodeId, EventSource.Gateway, BatchSize, cancellationToken) is { Count: > 0 } open)
        {
            await using var scope = scopes.CreateAsyncScope();
            var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
            // Reported as the dead node would have: its sessions are struck off with the same commit.
            await bus.InvokeAsync<LifecycleEventsIngested>(
                new IngestLifecycleEvents(account, [.. open.Select(session => Ending(session, node.RenewedAt))], Age.PresentLife, node.NodeId),
                cancellationToken);
            laid += open.Count;
        }

        if (laid > 0) logger.GhostsLaid(laid);
    }

    /// <summary>Ends what the node left and forgets it.</summary>
    public async Task LayAndForgetAsync(GatewayNode node, CancellationToken cancellationToken)
    {
        await LayAsync(node, cancellationToken);
        await nodes.ForgetAsync(node.NodeId, cancellationToken);
    }

    private static LifecycleEvent Ending(GatewaySession session, DateTimeOffset lastAlive)
    {
        var alive = EventTime.Truncate(lastAlive);
        return new ThingDisconnected(
            session.ClientId, session.Connection, alive > session.ConnectedAt ? alive : session.ConnectedAt, session.PrincipalIdentifier,
            SessionDetails.None, SocketInformation.None, DisconnectReason.ServerError, ClientInitiated: false);
    }
}
