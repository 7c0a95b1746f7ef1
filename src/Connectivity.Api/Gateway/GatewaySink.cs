using Connectivity.Api.Ingest;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;
using Connectivity.Projections.Gateways;
using Wolverine;

namespace Connectivity.Api.Gateway;

/// <summary>Passes the gateway's events to <see cref="IngestLifecycleEvents"/>.</summary>
public sealed class GatewaySink(
    IServiceScopeFactory scopes,
    Account account,
    GatewayNodeIdentity node,
    LeaseStore leases) : ILifecycleSink
{
    public async Task<IReadOnlyList<Outcome?>> ReportAsync(
        IReadOnlyList<LifecycleEvent> events,
        Backdating backdating,
        bool fromPreviousHost,
        CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        // A re-announced connect opens no session.
        var nodeId = backdating != Backdating.Disallowed ? null
            : fromPreviousHost ? node.PreviousNodeId
            : node.NodeId;
        // One thing that is held delays no other device: its events are repeated.
        var command = new IngestLifecycleEvents(
            account, events, backdating, EventOrigin.System, nodeId, WaitsForLocks: false);
        var outcomes = await IngestAsync();
        if (!outcomes.Contains(Outcome.NodeGone)) return outcomes;
        await leases.RestoreAsync(account, nodeId!, cancellationToken);
        return await IngestAsync();

        async Task<IReadOnlyList<Outcome?>> IngestAsync() =>
            (await bus.InvokeAsync<LifecycleEventsIngested>(command, cancellationToken)).Result.ExceptHeld();
    }
}
