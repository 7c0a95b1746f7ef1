using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Proxy;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests;

public sealed class InjectedErrorTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30);

    /// <summary>How often the host retries one transaction: so many failures must stay invisible to senders.</summary>
    private const int Retries = 3;

    [Fact]
    public async Task A_transaction_that_loses_to_another_is_retried_and_no_sender_gets_an_error()
    {
        await using var scenario = await FaultScenario.BeginAsync("injected 40001, 40P01", server, report);
        await using var proxy = new DatabaseProxy(() => server.SocketPath);
        var host = await scenario.HostAsync(proxy.Through(scenario.ConnectionString, CommandTimeout));
        await scenario.RunAsync(inShort: 3, inLong: 100, async round =>
        {
            var fleet = await round.FleetAsync(host, things: 4);
            await using var senders = Senders.Start(fleet, round.Ledger, [host], round.Seed);
            await round.AcknowledgedAsync(round.Random.Next(1, 30));
            var (where, state) = round.Choose(
            [
                (FaultKind.FailStatement, "40001"), (FaultKind.FailStatement, "40P01"),
                (FaultKind.FailCommit, "40001"), (FaultKind.FailCommit, "40P01"),
            ]);
            var faults = Enumerable.Range(0, round.Random.Next(1, Retries + 1))
                .Select(_ => proxy.Arm(new Fault(where, state))).ToList();
            await Task.WhenAll(faults.Select(fault => fault.Struck)).WaitAsync(Recovery);
            await round.RecoversAsync(Recovery);
            await round.JudgeAsync(senders, host);
            round.Ledger.Refusals.ShouldBeEmpty();
        });
    }

    [Fact]
    public async Task A_database_that_is_full_or_starting_or_gone_is_answered_with_503_and_nothing_is_lost()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            "injected 53300, 57P03, refused connections", server, report);
        await using var proxy = new DatabaseProxy(() => server.SocketPath);
        var host = await scenario.HostAsync(proxy.Through(scenario.ConnectionString, CommandTimeout));
        await scenario.RunAsync(inShort: 2, inLong: 60, async round =>
        {
            var fleet = await round.FleetAsync(host, things: 4);
            await using var senders = Senders.Start(fleet, round.Ledger, [host], round.Seed);
            await round.AcknowledgedAsync(round.Random.Next(1, 30));
            var refusal = round.Choose<string?>(["53300", "57P03", null]);
            if (refusal is null) await proxy.CloseAsync();
            else proxy.RefuseWith(refusal);
            proxy.CutAll();
            await Eventually.Is(() => round.Ledger.Refusals.Count > 0, Recovery, "a sender gets an error");
            await Task.Delay(round.Random.Next(1_000));
            if (refusal is null) proxy.Open();
            else proxy.RefuseWith(null);
            await round.RecoversAsync(Recovery);
            await round.JudgeAsync(senders, host);
            round.Ledger.Refusals.ShouldAllBe(status => status == 503);
        });
    }
}
