using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests;

public sealed class TwoHostsTests(ChaosDatabase server, ChaosReport report)
{
    [Fact]
    public async Task Two_hosts_that_write_the_same_events_of_the_same_things_store_each_once()
    {
        await using var scenario = await FaultScenario.BeginAsync("two hosts, the same things", server, report);
        ChaosHost[] hosts = [await scenario.HostAsync(), await scenario.HostAsync()];
        await scenario.RunAsync(inShort: 1, inLong: 60, async round =>
        {
            var fleet = await round.FleetAsync(hosts[0], things: 4);
            var options = new SendersOptions(Clients: 8, Copies: 2);
            await using var senders = Senders.Start(fleet, round.Ledger, hosts, round.Seed, options);
            await round.AcknowledgedAsync(round.Random.Next(100, 400));
            if (round.Random.Next(10) == 0)
            {
                // One dies while it holds locks; the other must go on.
                await hosts[1].KillAsync();
                await round.RecoversAsync(TimeSpan.FromSeconds(30));
                await hosts[1].StartAsync();
            }

            await round.JudgeAsync(senders, hosts);
        });
    }
}
