using Connectivity.Api.Tests.Fixtures;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Gateway;

public sealed class GatewaySinkTests
{
    [Fact]
    public async Task Rejects_only_the_event_that_the_database_can_never_store()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        host.Log.IgnoreErrorsOfLibraries();
        var names = await Task.WhenAll(Enumerable.Range(0, 7).Select(_ => host.CreateThingAsync()));
        var events = names.Select((name, i) => Connected(name, principal: i == 3 ? "no \0 text" : "text")).ToList();

        var outcomes = await host.Services.GetRequiredService<ILifecycleSink>()
            .ReportAsync(events, Backdating.Disallowed, fromPreviousHost: false, TestContext.Current.CancellationToken);

        outcomes.Select(outcome => outcome!.Value.Kind)
            .ShouldBe(Enumerable.Range(0, 7).Select(i => i == 3 ? OutcomeKind.Rejected : OutcomeKind.Accepted));
        (await host.IsConnectedAsync(names[3])).ShouldBeFalse();
        (await host.IsConnectedAsync(names[6])).ShouldBeTrue();
    }

    private static ThingConnected Connected(string name, string principal) => new(
        name, new ConnectionKey("gateway", Guid.NewGuid().ToString(), 1), DateTimeOffset.UtcNow, principal,
        SessionDetails.None, SocketInformation.None);
}
