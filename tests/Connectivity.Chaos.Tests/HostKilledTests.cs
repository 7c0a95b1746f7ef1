using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests;

public sealed class HostKilledTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_host_that_is_killed_at_any_moment_loses_no_event_and_stores_none_twice()
    {
        await using var scenario = await FaultScenario.BeginAsync("host killed", server, report);
        var host = await scenario.HostAsync();
        await scenario.RunAsync(inShort: 2, inLong: 200, async round =>
        {
            var fleet = await round.FleetAsync(host);
            await using var senders = Senders.Start(fleet, round.Ledger, [host], round.Seed);
            await round.AcknowledgedAsync(round.Random.Next(1, 200));
            await Task.Delay(round.Random.Next(50));
            await host.KillAsync();
            // Sometimes again, while it starts.
            if (round.Random.Next(5) == 0)
            {
                host.Launch();
                await Task.Delay(round.Random.Next(3_000));
                await host.KillAsync();
            }

            var started = Stopwatch.GetTimestamp();
            await host.StartAsync();
            await round.RecoversAsync(started, Recovery);
            await round.JudgeAsync(senders, host);
        });
    }
}
