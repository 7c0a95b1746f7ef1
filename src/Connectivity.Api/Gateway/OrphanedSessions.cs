using Connectivity.Api.Ingest;
using Connectivity.Api.Telemetry;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Gateways;
using Wolverine;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Closes the sessions that a dead gateway node held open, each once, as inferred, at the last moment the node was known
/// alive. Every host creates the same event, so that several hosts may close the same session.
/// </summary>
public sealed class OrphanedSessions(
    GatewaySessions sessions, IServiceScopeFactory scopes, ILogger<OrphanedSessions> logger)
{
    private const int BatchSize = 500;

    public async Task CloseAsync(NodeLease node, CancellationToken cancellationToken)
    {
        var closed = 0;
        while (await sessions.OrphanedAsync(node.NodeId, EventSource.Gateway, BatchSize, cancellationToken)
            is { Count: > 0 } open)
        {
            await using var scope = scopes.CreateAsyncScope();
            var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
            // Of any age, as the session may have begun before its thing's indexed period; and under the id of the dead
            // node, so that the same commit removes its sessions.
            var ingested = await bus.InvokeAsync<LifecycleEventsIngested>(
                new IngestLifecycleEvents(
                    node.Account, [.. open.Select(session => End(session, node.RenewedAt))], Backdating.Allowed,
                    EventOrigin.System, node.NodeId),
                cancellationToken);
            closed += ingested.Result.All().Count;
        }

        if (closed > 0) logger.OrphanedSessionsClosed(closed);
    }

    private static LifecycleEvent End(GatewaySession session, DateTimeOffset lastAlive) => ThingDisconnected.ByDeathOfNode(
        session.ClientId, session.Connection, session.ConnectedAt, session.PrincipalIdentifier, lastAlive);
}
