using System.Collections.Concurrent;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>From the socket of a device to the answer of the query.</summary>
public sealed class GatewayTests(IndexingHost indexing, AnonymousHost anonymous)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ApiHost Host => indexing.Host;

    [Fact]
    public async Task Stores_the_connect_and_the_disconnect_of_a_device()
    {
        var name = await Host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(Host, name);
        await Eventually.Is(() => Host.IsConnectedAsync(name), because: "the thing reads connected");
        await device.DisconnectAsync();
        await Eventually.Is(async () => !await Host.IsConnectedAsync(name), because: "the thing reads disconnected");
        (await Host.AskAsync(name)).Json.Text("disconnectReason").ShouldBe("CLIENT_INITIATED_DISCONNECT");

        var events = await Host.EventsAsync(name);
        events.Select(e => e.Text("eventType")).ShouldBe(["connected", "disconnected"]);
        events.Select(e => e.GetProperty("connection").ToString()).Distinct().Count()
            .ShouldBe(1, "both events of a connection carry its pair");
        events[0].GetProperty("connection").Text("source").ShouldBe("gateway");
    }

    [Fact]
    public async Task A_device_that_connected_before_its_thing_was_created_reads_connected()
    {
        // Needs a host without authentication, because credentials belong to an existing thing.
        var host = anonymous.Host;
        var name = $"early-{Guid.NewGuid():N}";
        await using var device = await Device.ConnectAsync(host, name);
        var connectedBy = DateTimeOffset.UtcNow;
        await host.CreateThingAsync(name);
        await Eventually.Is(() => host.IsConnectedAsync(name), because: "the open connection is announced again");
        (await host.GetAsync($"/v1/things/{name}/connectivity")).Json.GetProperty("connectedAt").GetDateTimeOffset()
            .ShouldBeLessThanOrEqualTo(connectedBy, "its true connect time");
    }

    [Fact]
    public async Task A_device_that_connected_before_indexing_was_turned_on_reads_connected()
    {
        await using var host = await ApiHost.StartAsync(null, "--Connectivity:AllowAnonymous=true");
        var (there, absent) = (await host.CreateThingAsync(), await host.CreateThingAsync());
        await using var device = await Device.ConnectAsync(host, there);
        await using var stranger = await Device.ConnectAsync(host, "no-thing");

        await host.TurnIndexingOnAsync();

        await Eventually.Is(() => host.IsConnectedAsync(there), because: "the open connection is announced again");
        (await host.IsConnectedAsync(absent)).ShouldBeFalse();
        (await StoredData.RecordsAsync(host.ConnectionString)).ShouldBe(1);
    }

    [Fact]
    public async Task A_takeover_never_shows_the_thing_offline()
    {
        const int Takeovers = 10;
        var name = await Host.CreateThingAsync();
        var device = await Device.ConnectAsync(Host, name);
        await Eventually.Is(() => Host.IsConnectedAsync(name), because: "the thing reads connected");
        using var over = new CancellationTokenSource();
        var watching = Task.Run(async () =>
        {
            var asked = 0;
            for (; !over.IsCancellationRequested; asked++)
            {
                var answer = await Host.AskAsync(name);
                answer.Json.GetProperty("connected").GetBoolean().ShouldBeTrue(answer.Body);
            }

            return asked;
        }, Ct);

        for (var i = 0; i < Takeovers; i++)
        {
            var successor = await Device.ConnectAsync(Host, name);
            await device.DisposeAsync();
            device = successor;
        }

        await Eventually.Is(
            async () => (await Host.EventsAsync(name)).Count == 2 * Takeovers + 1,
            because: "all connects and takeovers are stored");
        await over.CancelAsync();
        (await watching).ShouldBeGreaterThan(0);
        (await Host.EventsAsync(name)).Where(e => e.Has("disconnectReason"))
            .ShouldAllBe(e => e.Text("disconnectReason") == "DUPLICATE_CLIENTID");
        await device.DisposeAsync();
    }

    [Fact]
    public async Task The_query_returns_a_change_as_soon_as_its_presence_message_arrives()
    {
        var name = await Host.CreateThingAsync();
        var (found, answers) = (new SemaphoreSlim(0), new ConcurrentQueue<(string Topic, bool Connected)>());
        await using var watcher = await Device.ConnectAsync(
            Host, await Host.CreateThingAsync(), policy: FirstAdministrator.Policy);
        watcher.Received = async topic =>
        {
            answers.Enqueue((topic, await Host.IsConnectedAsync(name)));
            found.Release();
        };
        await watcher.SubscribeAsync($"$aws/events/presence/+/{name}");

        for (var i = 0; i < 5; i++)
        {
            await using var device = await Device.ConnectAsync(Host, name);
            (await found.WaitAsync(Eventually.Default, Ct)).ShouldBeTrue();
            await device.DisconnectAsync();
            (await found.WaitAsync(Eventually.Default, Ct)).ShouldBeTrue();
        }

        answers.Count.ShouldBe(10);
        answers.ShouldAllBe(answer => answer.Connected == answer.Topic.StartsWith("$aws/events/presence/connected/"));
    }

    [Fact]
    public async Task A_thing_that_is_created_again_gets_the_open_connection_of_its_device()
    {
        var host = anonymous.Host;
        var name = await host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(host, name);
        await Eventually.Is(() => host.IsConnectedAsync(name), because: "the thing reads connected");
        var first = (await host.EventsAsync(name)).Single();

        await host.DeleteThingAsync(name);
        (await host.AskAsync(name)).ShouldBeAwsError(404, "ResourceNotFoundException");
        (await host.GetAsync($"/v1/things/{name}/events")).ShouldBeProblem(404);

        await host.CreateThingAsync(name);
        await Eventually.Is(
            () => host.IsConnectedAsync(name), because: "the open connection is announced for the new thing");
        var again = (await host.EventsAsync(name)).Single();
        again.GetProperty("connection").ToString().ShouldBe(first.GetProperty("connection").ToString());
        again.GetProperty("eventId").GetGuid().ShouldNotBe(first.GetProperty("eventId").GetGuid());
    }

    [Fact]
    public async Task A_stopping_host_stores_a_server_initiated_disconnect_of_its_devices()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var name = await host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(host, name);
        await Eventually.Is(() => host.IsConnectedAsync(name), because: "the thing reads connected");

        await host.StopAsync();

        await using var next = await ApiHost.StartAsync(host.ConnectionString);
        (await next.AskAsync(name)).Json.Text("disconnectReason").ShouldBe("SERVER_INITIATED_DISCONNECT");
    }
}
