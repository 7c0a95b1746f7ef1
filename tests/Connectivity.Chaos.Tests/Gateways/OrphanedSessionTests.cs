using System.Diagnostics;
using System.Text.Json;
using Connectivity.Chaos.Tests.Judging;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Domain.Lifecycle;
using Npgsql;

namespace Connectivity.Chaos.Tests.Gateways;

/// <summary>
/// Whatever a gateway was doing when it died or stood still, no device reads connected without a connection.
/// </summary>
public sealed class OrphanedSessionTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(FaultScenario.IsLong ? 15 : 3);
    private static readonly TimeSpan Frozen = FaultScenario.IsLong ? TimeSpan.FromMinutes(31) : 3 * Lease;
    /// <summary>Within which devices ping: a gateway ends a connection that is silent for 30 minutes.</summary>
    private static readonly TimeSpan KeepAlive = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan SettledWithin = TimeSpan.FromSeconds(90);
    private static readonly string[] Settings = [.. ChaosHost.OpenToDevices, $"--Connectivity:Mqtt:Lease={Lease}"];
    private static readonly int Crowd = FaultScenario.IsLong ? 1_000 : 90;

    [Fact]
    public async Task Connects_and_ends_that_waited_on_disk_while_the_database_was_read_only_survive_a_kill()
    {
        await using var scenario = await FaultScenario.BeginAsync("read-only, then the gateway killed", server, report);
        var host = await scenario.HostAsync(null, Settings);
        await scenario.RunAsync(inShort: 1, inLong: 10, async round =>
        {
            using var crowd = await DeviceCrowd.RegisterAsync(host, round.Name, Crowd);
            var (before, staying, leaving) = (Third(crowd, 0), Third(crowd, 1), Third(crowd, 2));
            await crowd.ConnectAsync(host, before);
            await SettlesAsync(scenario, round, crowd);

            await SetReadOnlyAsync(scenario.ConnectionString, readOnly: true);
            await crowd.ConnectAsync(host, [.. staying, .. leaving]);
            await crowd.LeaveAsync(leaving);
            await Eventually.Is(
                () => Spilled(scenario.Directory).IsSupersetOf(
                    [
                        .. staying.Concat(leaving).Select(name => (name, "connected")),
                        .. leaving.Select(name => (name, "disconnected")),
                    ]),
                SettledWithin,
                "all events are on disk");
            await host.KillAsync();
            crowd.Forget(crowd.Names);
            await SetReadOnlyAsync(scenario.ConnectionString, readOnly: false);
            await host.StartAsync();
            await SettlesAsync(scenario, round, crowd);

            var stored = await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name);
            foreach (var name in leaving)
                stored.Records[stored.ThingIds[name]].Disconnect!.Inferred.ShouldBeFalse("its end was reported");
            foreach (var name in before.Concat(staying))
                stored.Records[stored.ThingIds[name]].Disconnect!.Inferred.ShouldBeTrue("its end was not");
        });
    }

    [Fact]
    public async Task A_kill_within_a_renewal_after_indexing_was_turned_off_and_on_leaves_no_device_connected()
    {
        await using var scenario = await FaultScenario.BeginAsync("off and on, then the gateway killed", server, report);
        var host = await scenario.HostAsync(null, Settings);
        await scenario.RunAsync(inShort: 1, inLong: 10, async round =>
        {
            using var crowd = await DeviceCrowd.RegisterAsync(host, round.Name, Crowd);
            await crowd.ConnectAsync(host, crowd.Names);
            await SettlesAsync(scenario, round, crowd);

            await host.Client!.TurnIndexingAsync(on: false);
            await host.Client!.TurnIndexingAsync(on: true);
            await Eventually.Is(
                async () => (await ConnectedAsync()).Count > 0, SettledWithin, "devices are announced again");
            await host.KillAsync();
            crowd.Forget(crowd.Names);
            await host.StartAsync();
            await Eventually.Is(
                async () => (await ConnectedAsync()).Count == 0, SettledWithin, "no device reads connected");

            async Task<List<string>> ConnectedAsync()
            {
                var stored = await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name);
                return
                [
                    .. crowd.Names.Where(name =>
                        stored.Records.GetValueOrDefault(stored.ThingIds[name]) is { IsConnected: true }),
                ];
            }
        });
    }

    [Fact]
    public async Task A_host_without_MQTT_ends_the_sessions_of_the_last_gateway()
    {
        await using var scenario = await FaultScenario.BeginAsync("last gateway killed beside another host", server, report);
        var gateway = await scenario.HostAsync(null, Settings);
        await scenario.HostAsync(null, "--Connectivity:Mqtt:Enabled=false", $"--Connectivity:Mqtt:Lease={Lease}");
        await scenario.RunAsync(inShort: 1, inLong: 5, async round =>
        {
            using var crowd = await DeviceCrowd.RegisterAsync(gateway, round.Name, Crowd);
            await crowd.ConnectAsync(gateway, crowd.Names);
            await SettlesAsync(scenario, round, crowd);

            await gateway.KillAsync();
            crowd.Forget(crowd.Names);
            await SettlesAsync(scenario, round, crowd);
            await gateway.StartAsync();
        });
    }

    [Fact]
    public async Task A_gateway_that_stood_still_infers_the_ends_that_it_finds_on_waking()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            $"gateway frozen for {Frozen.TotalSeconds:0} s beside another", server, report);
        ChaosHost[] gateways = [await scenario.HostAsync(null, Settings), await scenario.HostAsync(null, Settings)];
        await scenario.RunAsync(inShort: 1, inLong: 1, async round =>
        {
            using var crowd = await DeviceCrowd.RegisterAsync(gateways[0], round.Name, Crowd);
            await crowd.ConnectAsync(gateways[0], crowd.Names);
            await SettlesAsync(scenario, round, crowd);

            var frozenAt = DateTimeOffset.UtcNow;
            var frozen = Stopwatch.StartNew();
            await gateways[0].SignalAsync("STOP");
            await crowd.ConnectAsync(gateways[1], crowd.Names);
            var pinged = TimeSpan.Zero;
            await Eventually.Is(
                async () =>
                {
                    if (frozen.Elapsed - pinged > KeepAlive)
                    {
                        pinged = frozen.Elapsed;
                        await crowd.PingAsync();
                    }

                    return frozen.Elapsed >= Frozen;
                },
                Frozen + TimeSpan.FromMinutes(1), "the gateway stood still for long");
            crowd.CloseSuperseded();
            await gateways[0].SignalAsync("CONT");

            await Eventually.Is(
                async () => (await RecordsAsync()).All(record => record.IsConnected), SettledWithin,
                "the devices read connected");
            await Eventually.Is(
                async () => (await EndsAsync()).Count >= Crowd, SettledWithin, "the first connections have ended");
            foreach (var end in await EndsAsync())
            {
                end.Inferred.ShouldBeTrue();
                end.OccurredAt.ShouldBeLessThan(frozenAt + TimeSpan.FromSeconds(1), "when it was last known alive");
            }

            (await RecordsAsync()).ShouldAllBe(record => record.IsConnected);
            crowd.Open.ShouldAllBe(device => device.IsOpen);

            async Task<IReadOnlyCollection<ConnectivityRecord>> RecordsAsync() =>
                [.. (await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name)).Records.Values];

            async Task<List<ThingDisconnected>> EndsAsync()
            {
                var stored = await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name);
                return
                [
                    .. crowd.Names.SelectMany(name => stored.Events[stored.ThingIds[name]])
                        .Select(item => item.Event).OfType<ThingDisconnected>(),
                ];
            }
        });
    }

    private static List<string> Third(DeviceCrowd crowd, int third) => [.. crowd.Names.Where((_, i) => i % 3 == third)];

    /// <summary>The events on disk: of which client, and whether it is its connect or its end.</summary>
    private static HashSet<(string ClientId, string Kind)> Spilled(string directory) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(directory, "gateway-spill"), "*.jsonl", SearchOption.AllDirectories)
            .SelectMany(file => File.ReadAllText(file).Split('\n')[..^1])
            .SelectMany(line => JsonElement.Parse(line).EnumerateObject())
            .Where(member => member.Value.ValueKind == JsonValueKind.Object)
            .Select(member => (member.Value.GetProperty("clientId").GetString()!, member.Name)),
    ];

    private static async Task SetReadOnlyAsync(string connectionString, bool readOnly)
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString).Database;
        await ChaosDatabase.ExecuteAsync(
            connectionString,
            $"""
            set transaction read write;
            alter database "{database}" set default_transaction_read_only = {(readOnly ? "on" : "off")};
            select pg_terminate_backend(pid) from pg_stat_activity
            where datname = '{database}' and pid <> pg_backend_pid();
            """);
    }

    /// <summary>Waits until the stored state is the true one, and counts it.</summary>
    private static async Task SettlesAsync(FaultScenario scenario, Round round, DeviceCrowd crowd)
    {
        Verdict? verdict = null;
        try
        {
            await Eventually.Is(
                async () => (verdict = CrowdJudge.Compare(
                    await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name), crowd)).IsClean,
                SettledWithin, "the stored state is the true one");
        }
        catch (TimeoutException)
        {
            verdict!.ShouldBeClean();
        }

        scenario.Tally.Add(verdict!);
    }
}
