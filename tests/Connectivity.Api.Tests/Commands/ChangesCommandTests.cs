using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Commands;

/// <summary>The command <c>changes</c> as a user types it, while a host is running.</summary>
public sealed class ChangesCommandTests : IDisposable
{
    private readonly string _directory = TemporaryDirectory.Make();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Ends_all_places_and_those_that_are_given_afterwards_are_good()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var lamp = await host.CreateThingAsync();
        await host.ReportAsync(Event.Connected(lamp));
        var place = await PlaceAsync();
        (await host.GetAsync($"/v1/changes?after={place}")).Status.ShouldBe(200);

        (await RunAsync("reset")).ShouldSucceed()
            .ShouldBe("All cursors of 000000000000/us-east-1 have ended.");

        (await host.GetAsync($"/v1/changes?after={place}")).ShouldBeProblem(410);
        (await host.GetAsync($"/v1/changes?after={await PlaceAsync()}")).Status.ShouldBe(200);
        (await RunAsync("clear")).ShouldFail("The first argument must be one of reset.");

        async Task<string?> PlaceAsync() =>
            (await host.GetAsync("/v1/changes?after=start")).Json.Text("nextToken");

        Task<CommandAnswer> RunAsync(string action) =>
            HostProcess.RunAsync(_directory, host.ConnectionString, "changes", action);
    }
}
