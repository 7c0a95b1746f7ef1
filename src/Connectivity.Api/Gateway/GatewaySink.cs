using Connectivity.Api.Ingest;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;
using Connectivity.Projections.Database;
using Connectivity.Projections.Gateways;
using Wolverine;

namespace Connectivity.Api.Gateway;

/// <summary>Passes the gateway's events to <see cref="IngestLifecycleEvents"/>.</summary>
public sealed class GatewaySink(
    IServiceScopeFactory scopes,
    Account account,
    GatewayNodeIdentity node,
    LeaseStore leases,
    ILogger<GatewaySink> logger) : ILifecycleSink
{
    public async Task<IReadOnlyList<Outcome>> ReportAsync(
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
        var command = new IngestLifecycleEvents(account, events, backdating, EventOrigin.System, nodeId);
        try
        {
            var ingested = await bus.InvokeAsync<LifecycleEventsIngested>(command, cancellationToken);
            if (!ingested.Outcomes.Contains(Outcome.NodeGone)) return ingested.Outcomes;
            await leases.RestoreAsync(account, nodeId!, cancellationToken);
            return (await bus.InvokeAsync<LifecycleEventsIngested>(command, cancellationToken)).Outcomes;
        }
        catch (Exception error) when (DatabaseErrors.IsOfValues(error))
        {
            // One event that the database can never store must not block the others: halving the batch isolates it.
            if (events.Count > 1)
            {
                var half = events.Count / 2;
                return
                [
                    .. await ReportAsync([.. events.Take(half)], backdating, fromPreviousHost, cancellationToken),
                    .. await ReportAsync([.. events.Skip(half)], backdating, fromPreviousHost, cancellationToken),
                ];
            }

            logger.EventNotStorable(DatabaseErrors.In(error)!.SqlState);
            return [Outcome.Rejected("the database can't hold its values")];
        }
    }
}
