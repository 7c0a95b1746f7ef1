using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Proxy;
using Connectivity.Chaos.Tests.Reporting;

namespace Connectivity.Chaos.Tests;

public sealed class SilentConnectionTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_connection_that_falls_silent_before_its_COMMIT_returns_its_locks_before_another_host_gives_up()
    {
        await using var scenario = await FaultScenario.BeginAsync("connection silent before COMMIT", server, report);
        await using var proxy = new DatabaseProxy(() => server.SocketPath);
        var silent = await scenario.HostAsync(proxy.Through(scenario.ConnectionString, Timeout));
        var other = await scenario.HostAsync();
        await scenario.RunAsync(inShort: 1, inLong: 20, async round =>
        {
            var fleet = await round.FleetAsync(silent, things: 1);
            var held = proxy.Arm(new Fault(FaultKind.HoldCommit));
            round.Ledger.Add(fleet.Next());
            var batch = round.Ledger.Take(1);
            // Of a session that stays alive the lock would be held until the other host gives up, with 503.
            var posting = silent.Client!.PostAsync(batch.ConvertAll(sent => sent.Report.Event));
            await held.Struck.WaitAsync(Timeout);

            round.Ledger.Add(fleet.Next());
            var next = round.Ledger.Take(1);
            next.ShouldNotBeEmpty("another event of the thing whose lock is held");
            var stored = await other.Client!.PostAsync(next.ConvertAll(sent => sent.Report.Event));
            round.Ledger.Answered(next, stored, Stopwatch.GetTimestamp());

            proxy.CutAll();
            try
            {
                round.Ledger.Answered(batch, await posting, Stopwatch.GetTimestamp());
            }
            catch (HttpRequestException exception)
            {
                round.Ledger.Unanswered(batch, exception);
            }

            await round.JudgeAsync(silent, other);
        });
    }
}
