using Connectivity.Api.Devices;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway;
using Wolverine;

namespace Connectivity.Api.Ingest;

/// <summary>Hands what the gateway reports to the one command that every event comes in by.</summary>
public sealed class GatewaySink(IServiceScopeFactory scopes, Account account, GatewayNodeIdentity node) : ILifecycleSink
{
    public async Task<IReadOnlyList<Outcome>> ReportAsync(IReadOnlyList<LifecycleEvent> events, Age age, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var bus = scope.ServiceProvider.GetRequiredService<IMessageBus>();
        // What is reported again of an open connection opens none.
        var command = new IngestLifecycleEvents(account, events, age, age == Age.PresentLife ? node.NodeId : null);
        return (await bus.InvokeAsync<LifecycleEventsIngested>(command, cancellationToken)).Outcomes;
    }
}
