using System.Diagnostics;
using System.Globalization;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Proxy;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;
using Npgsql;

namespace Connectivity.Chaos.Tests;

public sealed class TransactionIdTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_transaction_id_that_a_crashed_server_assigns_again_acknowledges_nothing()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            "transaction id given again after a crash", server, report);
        await using var proxy = new DatabaseProxy(() => server.SocketPath);
        var host = await scenario.HostAsync(proxy.Through(scenario.ConnectionString, Timeout));
        var assignedAgain = 0;
        // Log records that no commit waits for stay in memory, and are lost with the server.
        await ConfigureAsync(scenario.ConnectionString, "set wal_writer_delay = '10s'");
        await scenario.RunAsync(inShort: 2, inLong: 20, async round =>
        {
            var fleet = await round.FleetAsync(host, things: 1);
            // Pages written since the last checkpoint have short log records (no full-page images), so that those of
            // the held transaction can all still be in memory.
            foreach (var _ in Enumerable.Range(0, 10))
            {
                round.Ledger.Add(fleet.Next());
                await PostAsync(host.Client!, round.Ledger);
            }

            // Only a new event makes the next request commit: send what is pending first.
            while (!round.Ledger.IsDrained) await PostAsync(host.Client!, round.Ledger);
            round.Ledger.Add(fleet.Next());
            var batch = round.Ledger.Take(1);
            var held = proxy.Arm(new Fault(FaultKind.HoldCommit));
            var posting = host.Client!.PostAsync(batch.ConvertAll(sent => sent.Report.Event));
            await held.Struck.WaitAsync(Timeout);
            var id = await IdOfHeldAsync(scenario.ConnectionString);

            // The host asks for the outcome of its transaction only after the id belongs to another one.
            await server.KillSessionAsync(scenario.ConnectionString);
            while (await TakeIdAsync(scenario.ConnectionString) <= id) assignedAgain++;
            proxy.CutAll();
            try
            {
                round.Ledger.Answered(batch, await posting, Stopwatch.GetTimestamp());
            }
            catch (HttpRequestException exception)
            {
                round.Ledger.Unanswered(batch, exception);
            }

            await round.JudgeAsync(host);
        });
        await ConfigureAsync(scenario.ConnectionString, "reset wal_writer_delay");
        assignedAgain.ShouldBeGreaterThan(0);
    }

    private static async Task ConfigureAsync(string connectionString, string change)
    {
        await ChaosDatabase.ExecuteAsync(connectionString, $"alter system {change}");
        await ChaosDatabase.ExecuteAsync(connectionString, "select pg_reload_conf()");
    }

    private static async Task PostAsync(HostClient client, Ledger ledger)
    {
        var batch = ledger.Take(2);
        var results = await client.PostAsync(batch.ConvertAll(sent => sent.Report.Event));
        ledger.Answered(batch, results, Stopwatch.GetTimestamp());
    }

    private static async Task<long> IdOfHeldAsync(string connectionString)
    {
        await using var connection = await ChaosDatabase.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand(
            """
            select backend_xid::text from pg_stat_activity
            where datname = current_database() and state = 'idle in transaction' and backend_xid is not null
            """, connection);
        return long.Parse((string)(await command.ExecuteScalarAsync())!, CultureInfo.InvariantCulture);
    }

    /// <summary>Commits a transaction that has an id, and returns it.</summary>
    private static async Task<long> TakeIdAsync(string connectionString)
    {
        await using var connection = await ChaosDatabase.OpenAsync(connectionString);
        await using var command = new NpgsqlCommand("select pg_current_xact_id()::text", connection);
        return long.Parse((string)(await command.ExecuteScalarAsync())!, CultureInfo.InvariantCulture);
    }
}
