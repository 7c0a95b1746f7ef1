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
    IServiceScopeFactory scopes, Account account, GatewayNodeIdentity node, GatewayNodes nodes, ILogger<GatewaySink> logger) : ILifecycleSink
{
    public async Task<IReadOnlyList<Outcome>> ReportAsync(
        IReadOnlyList<LifecycleEvent> events, Age age, bool ofFormerHost, CancellationToken cancellationToken)
    {
        // Whatever sessions it opens are those of a dead node: somebody is to end them.
        if (ofFormerHost) await nodes.LapseAsync(account, node.FormerNodeId, cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        // What is reported again of an open connection opens none.
        var command = new IngestLifecycleEvents(account, events, age, age != Age.PresentLife ? null : ofFormerHost ? node.FormerNodeId : node.NodeId);
        try
        {
            return (await bus.InvokeAsync<LifecycleEventsIngested>(command, cancellationToken)).Outcomes;
        }
        catch (Exception fault) when (DatabaseFaults.IsOfValues(fault))
        {
            // One event that the database can never hold must not hold up the others: it is found by halves.
            if (events.Count > 1)
                return
                [
                    .. await ReportAsync([.. events.Take(events.Count / 2)], age, ofFormerHost, cancellationToken),
                    .. await ReportAsync([.. events.Skip(events.Count / 2)], age, ofFormerHost, cancellationToken),
                ];
            logger.EventNotStorable(DatabaseFaults.In(fault)!.SqlState);
            return [Outcome.Rejected("the database can't hold its values")];
        }
    }
}
