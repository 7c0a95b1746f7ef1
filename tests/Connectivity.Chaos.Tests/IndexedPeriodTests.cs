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
    public async Task Lives_that_end_and_begin_while_events_come_in_have_their_own_events_and_no_others()
    {
        await using var kind = await Kind.BeginAsync("deletion and re-creation, off and on, during ingest", server, report);
        var host = await kind.HostAsync();
        await kind.RunAsync(inShort: 1, inLong: 60, async round =>
        {
            var fleet = await round.FleetAsync(host, things: 6);
            var lives = new Lives();
            await using var senders = Senders.Start(fleet, round.Ledger, [host], round.Seed);
            foreach (var _ in Enumerable.Range(0, round.Random.Next(1, 5)))
            {
                await round.AcknowledgedAsync(round.Ledger.Acknowledged + round.Random.Next(5, 40));
                if (round.Random.Next(3) == 0) await lives.RenewAllAsync(() => OffAndOnAsync(host.Client!));
                else
                {
                    var names = round.Random.GetItems([.. fleet.Names], 3).Distinct();
                    await Task.WhenAll(names.Select(name => lives.RenewAsync(name, () => AnewAsync(host.Client!, name))));
                }
            }

            await round.AcknowledgedAsync(round.Ledger.Acknowledged + 30);
            await senders.DrainAsync();
            await Eventually.Is(() => IsPurgedAsync(kind.ConnectionString), PurgedWithin, "generations that ended are purged");
            await round.JudgeLivesAsync(lives, host);
        });
    }

    private static async Task OffAndOnAsync(HostClient host)
    {
        await host.TurnIndexingAsync(on: false);
        await host.TurnIndexingAsync(on: true);
    }

    private static async Task AnewAsync(HostClient host, string name)
    {
        await host.DeleteThingAsync(name);
        await host.CreateThingAsync(name);
    }

    private static async Task<bool> IsPurgedAsync(string connectionString)
    {
        await using var connection = await ChaosDatabase.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand("select count(*) from connectivity.mt_tenant_partitions", connection);
        return await command.ExecuteScalarAsync() is 1L;
    }
}
