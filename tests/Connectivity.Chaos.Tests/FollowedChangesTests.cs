using System.Diagnostics;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;
using Npgsql;

namespace Connectivity.Chaos.Tests;

public sealed class FollowedChangesTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FollowedWithin = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_follower_gets_every_event_once_in_order_while_hosts_and_the_database_are_killed()
    {
        await using var scenario = await FaultScenario.BeginAsync("followed, hosts and PostgreSQL killed", server, report);
        ChaosHost[] hosts = [await scenario.HostAsync(), await scenario.HostAsync()];
        await using var follower = ChangeFollower.Start(hosts, seed: 1);
        await scenario.RunAsync(inShort: 2, inLong: 50, async round =>
        {
            var fleet = await round.FleetAsync(hosts[0]);
            await using var senders = Senders.Start(fleet, round.Ledger, hosts, round.Seed);
            await round.AcknowledgedAsync(round.Random.Next(50, 200));
            var killed = round.Choose((ChaosHost?[])[hosts[0], null, hosts[1]]);
            if (killed is null)
            {
                await server.KillAsync();
                await server.StartAsync();
            }
            else
            {
                await killed.KillAsync();
                await killed.StartAsync();
            }

            await round.RecoversAsync(Stopwatch.GetTimestamp(), Recovery);
            await round.JudgeAsync(senders, hosts);

            var stored = await StoredAsync(scenario.ConnectionString);
            await Eventually.Is(
                () => follower.EventIds.SequenceEqual(stored), FollowedWithin, "every event is followed once, in order");
        });
    }

    /// <summary>The ids of all events in the order in which they were recorded.</summary>
    private static async Task<List<Guid>> StoredAsync(string connectionString)
    {
        await using var connection = await ChaosDatabase.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(
            "select id from connectivity.mt_events where tenant_id = (select tenant_id from connectivity.indexing) "
            + "order by seq_id", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var ids = new List<Guid>();
        while (await reader.ReadAsync()) ids.Add(reader.GetGuid(0));
        return ids;
    }
}
