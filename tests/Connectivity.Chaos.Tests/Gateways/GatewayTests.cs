using System.Diagnostics;
using Connectivity.Chaos.Tests.Judging;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Proxy;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests.Gateways;

public sealed class GatewayTests(ChaosDatabase server, ChaosReport report)
{
    /// <summary>The default in the long run.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(FaultScenario.IsLong ? 15 : 5);

    /// <summary>The lease expires and that is detected; the rest is reserve for a loaded machine.</summary>
    private static readonly TimeSpan OrphansClosedWithin = TimeSpan.FromSeconds(40);

    private static readonly TimeSpan SettledWithin = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Settings = [.. ChaosHost.OpenToDevices, $"--Connectivity:Mqtt:Lease={Lease}"];

    private static readonly int Crowd = FaultScenario.IsLong ? 2_000 : 200;
    private static readonly int Storm = FaultScenario.IsLong ? 10_000 : 300;
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(FaultScenario.IsLong ? 60 : 4);

    [Fact]
    public async Task A_storm_of_reconnects_connects_every_device_and_stores_each_connection_once()
    {
        await using var scenario = await FaultScenario.BeginAsync($"storm of {Storm:N0} reconnects", server, report);
        var host = await scenario.HostAsync(null, Settings);
        await scenario.RunAsync(inShort: 1, inLong: 3, async round =>
        {
            using var crowd = await DeviceCrowd.RegisterAsync(host, round.Name, Storm);
            await crowd.ConnectAsync(host, crowd.Names);
            await SettlesAsync(scenario, round, crowd, null);
            await host.KillAsync();
            crowd.Forget(crowd.Names);
            await host.StartAsync();
            await StormAsync();

            // Half of them disconnect before they reconnect; the others take their own open connections over.
            await crowd.LeaveAsync(crowd.Names.Where((_, i) => i % 2 == 0));
            await StormAsync();
            crowd.Open.ShouldAllBe(device => device.IsOpen);

            async Task StormAsync()
            {
                await crowd.ConnectAsync(host, crowd.Names);
                await SettlesAsync(scenario, round, crowd, Stopwatch.GetTimestamp());
            }
        });
    }

    [Fact]
    public async Task The_sessions_of_a_killed_gateway_end_and_devices_that_moved_to_another_stay_connected()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            $"gateway killed with {Crowd:N0} open sessions", server, report);
        ChaosHost[] gateways = [await scenario.HostAsync(null, Settings), await scenario.HostAsync(null, Settings)];
        await scenario.RunAsync(inShort: 1, inLong: 5, async round =>
        {
            using var crowd = await DeviceCrowd.RegisterAsync(gateways[0], round.Name, Crowd);
            await crowd.ConnectAsync(gateways[0], crowd.Names);
            await SettlesAsync(scenario, round, crowd, null);

            var killedAt = DateTimeOffset.UtcNow;
            var killed = Stopwatch.GetTimestamp();
            await gateways[0].KillAsync();
            crowd.Forget(crowd.Names);
            var returned = crowd.Names.Where((_, i) => i % 2 == 0).ToHashSet();
            await crowd.ConnectAsync(gateways[1], returned);
            await SettlesAsync(scenario, round, crowd, killed, OrphansClosedWithin);

            var stored = await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name);
            foreach (var name in crowd.Names.Where(name => !returned.Contains(name)))
            {
                var record = stored.Records[stored.ThingIds[name]];
                record.DisconnectReason.ShouldBe(DisconnectReason.ServerError);
                record.OccurredAt!.Value.ShouldBeInRange(
                    record.Connect!.OccurredAt,
                    killedAt + TimeSpan.FromSeconds(1),
                    "when the gateway was last known alive");
            }

            await gateways[0].StartAsync();
            crowd.Open.ShouldAllBe(device => device.IsOpen);
        });
    }

    [Fact]
    public async Task Two_gateways_without_a_database_keep_their_devices_and_store_all_events_when_it_is_back()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            $"database away for {Away.TotalSeconds:0} s, two gateways", server, report);
        await using var proxy = new DatabaseProxy(() => server.SocketPath);
        var through = proxy.Through(scenario.ConnectionString, TimeSpan.FromSeconds(5));
        ChaosHost[] gateways =
            [await scenario.HostAsync(through, Settings), await scenario.HostAsync(through, Settings)];
        await scenario.RunAsync(inShort: 1, inLong: 3, async round =>
        {
            using var crowd = await DeviceCrowd.RegisterAsync(gateways[0], round.Name, Crowd);
            var (staying, leaving) = (Quarter(crowd, 0), Quarter(crowd, 1));
            var (moving, coming) = (Quarter(crowd, 2), Quarter(crowd, 3));
            await crowd.ConnectAsync(gateways[0], [.. staying, .. leaving, .. moving]);
            await SettlesAsync(scenario, round, crowd, null);

            await proxy.CloseAsync();
            var away = Stopwatch.StartNew();
            await crowd.LeaveAsync(leaving);
            await Should.ThrowAsync<IOException>(
                () => crowd.ConnectAsync(gateways[1], coming.Take(1)), "a device can't be authenticated");
            await Eventually.Is(
                () => away.Elapsed >= Away, Away + TimeSpan.FromSeconds(10), "the database was away for long enough");
            crowd.Open.ShouldAllBe(device => device.IsOpen);
            proxy.Open();
            await SettlesAsync(scenario, round, crowd, Stopwatch.GetTimestamp());
            await crowd.ConnectAsync(gateways[1], [.. moving, .. coming]);
            await SettlesAsync(scenario, round, crowd, null);
            crowd.Open.ShouldAllBe(device => device.IsOpen);
        });
    }

    private static List<string> Quarter(DeviceCrowd crowd, int quarter) =>
        [.. crowd.Names.Where((_, i) => i % 4 == quarter)];

    /// <summary>Waits until the stored state is the true one, and counts it.</summary>
    /// <param name="since">When the fault ended, where the recovery is measured.</param>
    private static async Task SettlesAsync(
        FaultScenario scenario, Round round, DeviceCrowd crowd, long? since, TimeSpan? within = null)
    {
        var limit = Stopwatch.StartNew();
        var verdict = await JudgeAsync();
        while (!verdict.IsClean && limit.Elapsed < (within ?? SettledWithin))
        {
            await Task.Delay(RetryDelay);
            verdict = await JudgeAsync();
        }

        if (since is { } ended)
        {
            scenario.Tally.Add(verdict);
            scenario.Tally.Recovered(Stopwatch.GetElapsedTime(ended));
        }

        verdict.ShouldBeClean();

        async Task<Verdict> JudgeAsync() =>
            CrowdJudge.Compare(await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name), crowd);
    }
}
