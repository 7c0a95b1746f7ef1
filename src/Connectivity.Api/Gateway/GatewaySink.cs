using Connectivity.Api.Ingest;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;
using Connectivity.Projections.Database;
using Connectivity.Projections.Gateways;
using Wolverine;

namespace Connectivity.Api.Gateway;

/// <summary>Hands what the gateway reports to the one command that every event comes in by.</summary>
public sealed class GatewaySink(
    IServiceScopeFactory scopes, Account account, GatewayNodeIdentity node, LeaseStore nodes, ILogger<GatewaySink> logger) : ILifecycleSink
{
    public async Task<IReadOnlyList<Outcome>> ReportAsync(
        IReadOnlyList<LifecycleEvent> events, Backdating backdating, bool fromPreviousHost, CancellationToken cancellationToken)
    {
        // Whatever sessions it opens are those of a dead node: somebody is to end them.
        if (fromPreviousHost) await nodes.ExpireAsync(account, node.PreviousNodeId, cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        // What is reported again of an open connection opens none.
        var command = new IngestLifecycleEvents(account, events, backdating, backdating != Backdating.Disallowed ? null : fromPreviousHost ? node.PreviousNodeId : node.NodeId);
        try
        {
            return (await bus.InvokeAsync<LifecycleEventsIngested>(command, cancellationToken)).Outcomes;
        }
        catch (Exception error) when (DatabaseErrors.IsOfValues(error))
        {
            // One event that the database can never hold must not hold up the others: it is found by halves.
            if (events.Count > 1)
                return
                [
                    .. await ReportAsync([.. events.Take(events.Count / 2)], backdating, fromPreviousHost, cancellationToken),
                    .. await ReportAsync([.. events.Skip(events.Count / 2)], backdating, fromPreviousHost, cancellationToken),
                ];
            logger.EventNotStorable(DatabaseErrors.In(error)!.SqlState);
            return [Outcome.Rejected("the database can't hold its values")];
        }
    }
}
