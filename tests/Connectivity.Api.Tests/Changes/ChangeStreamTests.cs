using System.Net;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Changes;

/// <summary><c>GET /v1/changes</c> as server-sent events.</summary>
public sealed class ChangeStreamTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Begins_with_a_mark_and_goes_on_live()
    {
        var lamp = await Host.CreateThingAsync();
        await using var stream = await OpenStream.OpenAsync(Host, $"?thing={lamp}");
        var mark = await stream.NextItemAsync();
        (mark.EventType, mark.ReconnectionInterval).ShouldBe(("mark", TimeSpan.FromSeconds(2)));

        await Host.ReportAsync(Event.Connected(lamp, 1, DateTimeOffset.UtcNow.AddSeconds(-2)));
        var (type, connected) = await stream.NextAsync();
        (type, connected.Text("thingName")).ShouldBe(("connected", lamp));
        await Host.ReportAsync(Event.Disconnected(lamp));
        (type, var disconnected) = await stream.NextAsync();
        (type, disconnected.Text("disconnectReason")).ShouldBe(("disconnected", "CONNECTION_LOST"));

        (await Host.EventsAsync(lamp)).Select(e => e.ToString())
            .ShouldBe([connected.ToString(), disconnected.ToString()]);
    }

    [Fact]
    public async Task A_client_that_comes_back_gets_what_it_missed()
    {
        var lamp = await Host.CreateThingAsync();
        string lastId;
        await using (var stream = await OpenStream.OpenAsync(Host, $"?thing={lamp}"))
        {
            await stream.NextItemAsync();
            await Host.ReportAsync(Event.Connected(lamp, 1));
            await stream.NextAsync();
            lastId = stream.LastId;
        }

        for (var version = 2; version < 5; version++) await Host.ReportAsync(Event.Connected(lamp, version));

        await using var again = await OpenStream.OpenAsync(Host, $"?thing={lamp}&after=start", lastEventId: lastId);
        for (var version = 2; version < 5; version++)
            (await again.NextAsync()).Data.GetProperty("connection").GetProperty("versionNumber").GetInt64()
                .ShouldBe(version);
    }

    [Fact]
    public async Task Events_of_another_host_are_followed()
    {
        await using var other = await ApiHost.StartAsync(Host.ConnectionString);
        var lamp = await Host.CreateThingAsync();
        await using var stream = await OpenStream.OpenAsync(other, $"?thing={lamp}");
        await stream.NextItemAsync();

        await Host.ReportAsync(Event.Connected(lamp));

        (await stream.NextAsync()).Type.ShouldBe("connected");
    }

    [Fact]
    public async Task Ends_when_its_key_is_disabled()
    {
        var user = await Host.CreateUserAsync(Policy.AllowAll);
        await using var stream = await OpenStream.OpenAsync(Host, credentials: user.Credentials);
        await stream.NextItemAsync();

        await Host.DisableAsync(user);

        string type;
        do (type, _) = await stream.NextAsync();
        while (type is "connected" or "disconnected");
        type.ShouldBe("revoked");
        (await stream.IsAtEndAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Ends_when_indexing_is_turned_off()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var lamp = await host.CreateThingAsync();
        await using var stream = await OpenStream.OpenAsync(host);
        await stream.NextItemAsync();
        await host.ReportAsync(Event.Connected(lamp));
        await stream.NextAsync();
        var cursor = stream.LastId;

        await host.TurnIndexingOffAsync();

        (await stream.NextAsync()).Type.ShouldBe("reset");
        (await stream.IsAtEndAsync()).ShouldBeTrue();
        (await host.GetAsync("/v1/changes")).ShouldBeProblem(409);
        await host.TurnIndexingOnAsync();
        (await host.GetAsync($"/v1/changes?after={cursor}")).ShouldBeProblem(410);
    }

    [Fact]
    public async Task As_many_streams_are_open_as_the_settings_say()
    {
        await using var host = await ApiHost.StartAsync(
            null, "--Connectivity:Streams:PerPrincipal=2", "--Connectivity:Streams:PerAccount=3");
        await host.TurnIndexingOnAsync();
        var (first, second) = (await host.CreateUserAsync(Policy.AllowAll), await host.CreateUserAsync(Policy.AllowAll));
        var streams = new List<OpenStream>();
        foreach (var user in new[] { first, first, second })
            streams.Add(await OpenStream.OpenAsync(host, credentials: user.Credentials));

        (await host.SendAsync(first, "GET", "/v1/changes")).ShouldBeProblem(429, "as may be");
        (await host.SendAsync(second, "GET", "/v1/changes")).ShouldBeProblem(429, "as may be");
        foreach (var stream in streams) await stream.DisposeAsync();

        await Testing.Eventually.Is(
            async () => (await host.SendAsync(first, "GET", "/v1/changes")).Status == (int)HttpStatusCode.OK,
            because: "closed streams are not counted");
    }

    [Fact]
    public async Task A_host_that_stops_ends_its_streams()
    {
        var host = await ApiHost.StartIndexingAsync();
        await using var stream = await OpenStream.OpenAsync(host);
        await stream.NextItemAsync();

        await host.DisposeAsync();

        (await stream.IsAtEndAsync()).ShouldBeTrue();
    }
}
