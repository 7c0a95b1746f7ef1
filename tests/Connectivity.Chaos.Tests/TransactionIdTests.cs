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
    public async Task An_id_that_a_crashed_server_gives_to_another_transaction_acknowledges_nothing()
    {
        await using var kind = await Kind.BeginAsync("transaction id given again after a crash", server, report);
        await using var proxy = new DatabaseProxy(() => server.SocketPath);
        var host = await kind.HostAsync(proxy.Through(kind.ConnectionString, Timeout));
        var givenAgain = 0;
        // What no commit waits for stays in memory, and is lost with the server.
        await ConfigureAsync(kind.ConnectionString, "set wal_writer_delay = '10s'");
        await kind.RunAsync(inShort: 2, inLong: 20, async round =>
        {
            var fleet = await round.FleetAsync(host, things: 1);
            // Pages that were written since the last checkpoint are logged in short: then the log of the transaction may all be in memory yet.
            foreach (var _ in Enumerable.Range(0, 10))
            {
                round.Ledger.Add(fleet.Next());
                await PostAsync(host.Client!, round.Ledger);
            }

            // What is sent again has nothing to commit.
            while (!round.Ledger.IsDrained) await PostAsync(host.Client!, round.Ledger);
            round.Ledger.Add(fleet.Next());
            var batch = round.Ledger.Take(1);
            var held = proxy.Arm(new Fault(FaultKind.HoldCommit));
            var posting = host.Client!.PostAsync(batch.ConvertAll(sent => sent.Report.Event));
            await held.Struck.WaitAsync(Timeout);
            var id = await IdOfHeldAsync(kind.ConnectionString);

            // Nobody asks for the transaction before its id belongs to another.
            await server.KillSessionAsync(kind.ConnectionString);
            while (await TakeIdAsync(kind.ConnectionString) <= id) givenAgain++;
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
        await ConfigureAsync(kind.ConnectionString, "reset wal_writer_delay");
        givenAgain.ShouldBeGreaterThan(0);
    }

    private static async Task ConfigureAsync(string connectionString, string change)
    {
        await ChaosDatabase.ExecuteAsync(connectionString, $"alter system {change}");
        await ChaosDatabase.ExecuteAsync(connectionString, "select pg_reload_conf()");
    }

    private static async Task PostAsync(HostClient client, Ledger ledger)
    {
        var batch = ledger.Take(2);
        ledger.Answered(batch, await client.PostAsync(batch.ConvertAll(sent => sent.Report.Event)), Stopwatch.GetTimestamp());
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
