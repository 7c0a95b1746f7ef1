using Connectivity.Chaos.Tests.Judging;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;
using Npgsql;

namespace Connectivity.Chaos.Tests;

public sealed class IndexedPeriodTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan PurgedWithin = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_indexed_period_that_starts_while_events_come_in_holds_its_own_events_and_no_others()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            "deletion and re-creation, off and on, during ingest", server, report);
        var host = await scenario.HostAsync();
        await scenario.RunAsync(inShort: 1, inLong: 60, async round =>
        {
            var fleet = await round.FleetAsync(host, things: 6);
            var periods = new ObservedPeriods();
            await using var senders = Senders.Start(fleet, round.Ledger, [host], round.Seed);
            foreach (var _ in Enumerable.Range(0, round.Random.Next(1, 5)))
            {
                await round.AcknowledgedAsync(round.Ledger.Acknowledged + round.Random.Next(5, 40));
                if (round.Random.Next(3) == 0) await periods.RestartAllAsync(() => OffAndOnAsync(host.Client!));
                else
                {
                    var names = round.Random.GetItems([.. fleet.Names], 3).Distinct();
                    await Task.WhenAll(names.Select(
                        name => periods.RestartAsync(name, () => RecreateAsync(host.Client!, name))));
                }
            }

            await round.AcknowledgedAsync(round.Ledger.Acknowledged + 30);
            await senders.DrainAsync();
            await Eventually.Is(
                () => IsPurgedAsync(scenario.ConnectionString), PurgedWithin, "generations that ended are purged");
            await round.JudgeAsync(periods, host);
        });
    }

    private static async Task OffAndOnAsync(HostClient host)
    {
        await host.TurnIndexingAsync(on: false);
        await host.TurnIndexingAsync(on: true);
    }

    private static async Task RecreateAsync(HostClient host, string name)
    {
        await host.DeleteThingAsync(name);
        await host.CreateThingAsync(name);
    }

    private static async Task<bool> IsPurgedAsync(string connectionString)
    {
        const string count = "select count(*) from connectivity.mt_tenant_partitions";
        await using var connection = await ChaosDatabase.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(count, connection);
        return await command.ExecuteScalarAsync() is 1L;
    }
}
