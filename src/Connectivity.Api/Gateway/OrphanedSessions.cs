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
public sealed class OrphanedSessions(GatewaySessions sessions, LeaseStore nodes, Account account, IServiceScopeFactory scopes, ILogger<OrphanedSessions> logger)
{
    private const int BatchSize = 500;

    public async Task CloseAsync(NodeLease node, CancellationToken cancellationToken)
    {
        var closed = 0;
        while (await sessions.OfAsync(node.NodeId, EventSource.Gateway, BatchSize, cancellationToken) is { Count: > 0 } open)
        {
            await using var scope = scopes.CreateAsyncScope();
            var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
            // Reported as the dead node would have: its sessions are struck off with the same commit.
            await bus.InvokeAsync<LifecycleEventsIngested>(
                new IngestLifecycleEvents(account, [.. open.Select(session => Ending(session, node.RenewedAt))], Backdating.Disallowed, node.NodeId),
                cancellationToken);
            closed += open.Count;
        }

        if (closed > 0) logger.OrphanedSessionsClosed(closed);
    }

    /// <summary>Ends what the node left and forgets it.</summary>
    public async Task CloseAndReleaseAsync(NodeLease node, CancellationToken cancellationToken)
    {
        await CloseAsync(node, cancellationToken);
        await nodes.ReleaseAsync(node.NodeId, cancellationToken);
    }

    private static LifecycleEvent Ending(GatewaySession session, DateTimeOffset lastAlive)
    {
        var alive = EventTime.Truncate(lastAlive);
        return new ThingDisconnected(
            session.ClientId, session.Connection, alive > session.ConnectedAt ? alive : session.ConnectedAt, session.PrincipalIdentifier,
            SessionDetails.None, SocketInformation.None, DisconnectReason.ServerError, ClientInitiated: false);
    }
}
