using System.Text.RegularExpressions;
using Connectivity.Api.Gateway;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Domain;
using Connectivity.Projections.Gateways;
using Connectivity.Testing;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>
/// Several gateways on one database: a client has one connection across all of them, and the sessions of a dead gateway
/// are closed.
/// </summary>
public sealed partial class SeveralGatewaysTests : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    private readonly string _directory = TemporaryDirectory.Make();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_client_that_connects_to_another_node_loses_its_older_connection_and_reads_connected()
    {
        await using var first = await ApiHost.StartIndexingAsync();
        await using var second = await ApiHost.StartAsync(first.ConnectionString);
        var pump = await first.CreateThingAsync();
        var password = await first.CreatePasswordAsync(pump);
        await using var before = await Device.ConnectAsync(first, pump, password);
        await Eventually.Is(() => first.IsConnectedAsync(pump), because: "the connect is stored");

        await using var after = await Device.ConnectAsync(second, pump, password);

        await Eventually.Is(
            () => before.ServerDisconnect == MqttClientDisconnectReason.SessionTakenOver,
            because: "the older connection is ended");
        await Eventually.Is(
            async () => (await first.EventsAsync(pump)).Count == 3,
            because: "both connects and the end of one are stored");
        var events = await first.EventsAsync(pump);
        events[^1].Text("disconnectReason").ShouldBe("DUPLICATE_CLIENTID");
        events[^1].GetProperty("connection").ToString().ShouldBe(events[0].GetProperty("connection").ToString());
        (await first.IsConnectedAsync(pump)).ShouldBeTrue();
        after.IsConnected.ShouldBeTrue();
    }

    [Fact]
    public async Task Ends_a_connection_whose_takeover_by_another_node_was_not_announced()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        await using var other = await ApiHost.StartAsync(host.ConnectionString);
        var pump = await host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(host, pump, await host.CreatePasswordAsync(pump));
        await Eventually.Is(() => host.IsConnectedAsync(pump), because: "the connect is stored");

        // The state after two nodes stored their connects at the same moment without seeing each other's.
        var (account, node) = (host.Services.GetRequiredService<Account>(),
            other.Services.GetRequiredService<GatewayNodeIdentity>().NodeId);
        await StoredData.ExecuteAsync(
            host.ConnectionString,
            $"""
            insert into {GatewayTables.SessionsName}
                (account, region, client_id, node_id, session_identifier, version_number, connected_at)
            values ('{account.Id}', '{account.Region}', '{pump}', '{node}', 'elsewhere', {long.MaxValue}, now())
            """);

        await Eventually.Is(
            () => device.ServerDisconnect == MqttClientDisconnectReason.SessionTakenOver,
            because: "the next renewal of the lease finds the takeover");
    }

    [Fact]
    public async Task Closes_the_sessions_of_a_killed_host_when_it_starts_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        await using (var host = await HostProcess.ServeAsync(_directory))
        {
            using var http = ClientOf(host.Address);
            await SendAsync(http, HttpMethod.Post, "/indexing/config",
                """
                {"thingIndexingConfiguration":
                 {"thingIndexingMode":"REGISTRY","thingConnectivityIndexingMode":"STATUS"}}
                """);
            await SendAsync(http, HttpMethod.Post, "/things/pump", "{}");
            using var device = await ConnectAsync(host, await PasswordAsync("pump", null));
            await Eventually.Is(
                async () => (await AskAsync(http)).Contains("\"connected\":true"), because: "the connect is stored");
            await host.SignalAsync("KILL");
        }

        await using var next = await HostProcess.ServeAsync(_directory);
        using var again = ClientOf(next.Address);
        await Eventually.Is(
            async () => (await AskAsync(again)).Contains("SERVER_ERROR"), TimeSpan.FromSeconds(10),
            "the successor knows that its predecessor is dead and does not wait for its lease");
        (await next.SignalAsync("TERM")).ShouldBe(0, next.Output);
    }

    [Fact]
    public async Task Closes_the_sessions_of_a_killed_host_when_its_lease_has_expired()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Sends signals with kill.");
        await using var observer = await ApiHost.StartIndexingAsync();
        var pump = await observer.CreateThingAsync();
        await using var dead = HostProcess.Start(
            _directory, observer.ConnectionString, "--urls=http://127.0.0.1:0", "--Connectivity:Mqtt:Port=0");
        await Eventually.Is(() => dead.Output.Contains("Ask with: "), Timeout, "the host serves");
        using var device = await ConnectAsync(dead, (await observer.CreatePasswordAsync(pump))!, pump);
        await Eventually.Is(() => observer.IsConnectedAsync(pump), because: "the connect is stored");

        await dead.SignalAsync("KILL");

        await Eventually.Is(
            async () => !await observer.IsConnectedAsync(pump), Timeout, "the orphaned session is closed");
        var events = await observer.EventsAsync(pump);
        events.Select(e => e.Text("eventType")).ShouldBe(["connected", "disconnected"]);
        events[1].Text("disconnectReason").ShouldBe("SERVER_ERROR");
        events[1].GetProperty("occurredAt").GetDateTimeOffset().ShouldBeLessThan(
            events[1].GetProperty("recordedAt").GetDateTimeOffset() - TimeSpan.FromSeconds(10),
            "the disconnect has the time of the last renewal");
    }

    [Fact]
    public async Task A_gateway_whose_lease_expired_announces_its_open_connections_again()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        host.Log.IgnoreErrorsOfLibraries();
        await using var other = await ApiHost.StartAsync(host.ConnectionString);
        var pump = await host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(host, pump);
        await Eventually.Is(() => host.IsConnectedAsync(pump), because: "the connect is stored");

        var node = host.Services.GetRequiredService<GatewayNodeIdentity>().NodeId;
        var leases = host.Services.GetRequiredService<LeaseStore>();
        await leases.ExpireAsync((await leases.ReadAsync(Ct)).Nodes.Single(lease => lease.NodeId == node), Ct);

        await Eventually.Is(
            async () => (await host.EventsAsync(pump)).Count == 3, because: "the gateway finds that it is still alive");
        var events = await host.EventsAsync(pump);
        events.Select(e => e.Text("eventType")).Order().ShouldBe(["connected", "connected", "disconnected"]);
        events.Select(e => e.GetProperty("connection").Text("sessionIdentifier")).Distinct().Count()
            .ShouldBe(2, "the open connection gets a new session identifier");
        (await host.IsConnectedAsync(pump)).ShouldBeTrue();
        device.IsConnected.ShouldBeTrue();
    }

    private HttpClient ClientOf(Uri address) =>
        new(new SigningHandler(Credentials.Read(Path.Combine(_directory, ".data")))) { BaseAddress = address };

    private static async Task<string> AskAsync(HttpClient http) =>
        await SendAsync(http, HttpMethod.Post, "/things/pump/connectivity-data", "{}");

    private static async Task<string> SendAsync(HttpClient http, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(body, null, "application/json"),
        };
        using var response = await http.SendAsync(request, Ct);
        var answer = await response.Content.ReadAsStringAsync(Ct);
        response.IsSuccessStatusCode.ShouldBeTrue(answer);
        return answer;
    }

    private async Task<string> PasswordAsync(string thing, string? connectionString)
    {
        var created = await HostProcess.RunAsync(_directory, connectionString, "devices", "create", thing);
        return PasswordLine().Match(created.ShouldSucceed()).Groups[1].Value;
    }

    private static async Task<IMqttClient> ConnectAsync(HostProcess host, string password, string clientId = "pump")
    {
        var device = new MqttClientFactory().CreateMqttClient();
        await device.ConnectAsync(
            new MqttClientOptionsBuilder().WithClientId(clientId).WithCredentials(clientId, password)
                .WithProtocolVersion(MqttProtocolVersion.V500)
                .WithTcpServer("127.0.0.1", int.Parse(MqttPort().Match(host.Output).Groups[1].Value)).Build(), Ct);
        return device;
    }

    [GeneratedRegex(@"MQTT is served at 127\.0\.0\.1:(\d+)")]
    private static partial Regex MqttPort();

    [GeneratedRegex("password = (.*)")]
    private static partial Regex PasswordLine();
}
