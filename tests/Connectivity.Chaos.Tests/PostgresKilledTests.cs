using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests;

public sealed class PostgresKilledTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    private enum End
    {
        Kill,
        ImmediateStop,
        KillSession,
    }

    [Fact]
    public async Task A_database_that_is_killed_or_stopped_immediately_loses_no_event_and_its_host_needs_no_restart()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            "PostgreSQL killed or stopped at once", server, report);
        var host = await scenario.HostAsync();
        await scenario.RunAsync(inShort: 2, inLong: 51, async round =>
        {
            var fleet = await round.FleetAsync(host);
            await using var senders = Senders.Start(fleet, round.Ledger, [host], round.Seed);
            await round.AcknowledgedAsync(round.Random.Next(1, 200));
            await Task.Delay(round.Random.Next(50));
            switch (round.Choose(Enum.GetValues<End>()))
            {
                case End.Kill:
                    await server.KillAsync();
                    await Task.Delay(round.Random.Next(1_000));
                    await server.StartAsync();
                    break;
                case End.ImmediateStop:
                    await server.StopImmediatelyAsync();
                    await Task.Delay(round.Random.Next(1_000));
                    await server.StartAsync();
                    break;
                default:
                    await server.KillSessionAsync(scenario.ConnectionString);
                    break;
            }

            await round.RecoversAsync(Stopwatch.GetTimestamp(), Recovery);
            await round.JudgeAsync(senders, host);
        });
    }
}
