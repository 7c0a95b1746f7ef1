using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Proxy;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests;

public sealed class ConnectionCutTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    private static readonly FaultKind[] Cuts =
    [
        FaultKind.CutBeforeCommit, FaultKind.CutWithCommit, FaultKind.CutAfterCommit,
        FaultKind.StallCommit, FaultKind.StallReply,
    ];

    [Fact]
    public async Task A_connection_that_breaks_or_stalls_around_a_commit_loses_no_event_and_stores_none_twice()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            "connection cut or stalled around COMMIT", server, report);
        await using var proxy = new DatabaseProxy(() => server.SocketPath);
        var host = await scenario.HostAsync(proxy.Through(scenario.ConnectionString, CommandTimeout));
        await scenario.RunAsync(inShort: 4, inLong: 200, async round =>
        {
            var fleet = await round.FleetAsync(host, things: 4);
            await using var senders = Senders.Start(fleet, round.Ledger, [host], round.Seed);
            await round.AcknowledgedAsync(round.Random.Next(1, 60));
            var cut = round.Choose(Cuts);
            // Some outlast the host's timeout of the command and of the question for the commit's outcome.
            var stall = TimeSpan.FromMilliseconds(round.Random.Next(200, 2_500));
            var faults = Enumerable.Range(0, round.Random.Next(1, 4))
                .Select(_ => proxy.Arm(new Fault(cut, Stall: stall))).ToList();
            await Task.WhenAll(faults.Select(fault => fault.Struck)).WaitAsync(Recovery);
            await round.RecoversAsync(Stopwatch.GetTimestamp(), Recovery);
            await round.JudgeAsync(senders, host);
        });
    }
}
