using Connectivity.Api.Ingest;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Gateways;
using Wolverine;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Closes the sessions that a dead gateway node held open, with <c>SERVER_ERROR</c> at the last moment the node was
/// known to be alive. Every host creates the same event, so that several hosts may close the same session.
/// </summary>
public sealed class OrphanedSessions(
    GatewaySessions sessions,
    LeaseStore nodes,
    Account account,
    IServiceScopeFactory scopes,
    ILogger<OrphanedSessions> logger)
{
    private const int BatchSize = 500;

    public async Task CloseAsync(NodeLease node, CancellationToken cancellationToken)
    {
        var closed = 0;
        while (await sessions.OfAsync(node.NodeId, EventSource.Gateway, BatchSize, cancellationToken)
            is { Count: > 0 } open)
        {
            await using var scope = scopes.CreateAsyncScope();
            var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
            // Reported under the id of the dead node, so that the same commit removes its sessions.
            await bus.InvokeAsync<LifecycleEventsIngested>(
                new IngestLifecycleEvents(
                    account,
                    [.. open.Select(session => ToDisconnect(session, node.RenewedAt))],
                    Backdating.Disallowed,
                    node.NodeId),
                cancellationToken);
            closed += open.Count;
        }

        if (closed > 0) logger.OrphanedSessionsClosed(closed);
    }

    /// <summary>Closes the node's sessions, and releases its lease.</summary>
    public async Task CloseAndReleaseAsync(NodeLease node, CancellationToken cancellationToken)
    {
        await CloseAsync(node, cancellationToken);
        await nodes.ReleaseAsync(node.NodeId, cancellationToken);
    }

    private static LifecycleEvent ToDisconnect(GatewaySession session, DateTimeOffset lastAlive)
    {
        var alive = EventTime.Truncate(lastAlive);
        return new ThingDisconnected(
            session.ClientId,
            session.Connection,
            alive > session.ConnectedAt ? alive : session.ConnectedAt,
            session.PrincipalIdentifier,
            SessionDetails.None,
            SocketInformation.None,
            DisconnectReason.ServerError,
            ClientInitiated: false);
    }
}
