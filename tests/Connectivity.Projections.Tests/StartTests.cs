using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests;

/// <summary>Hosts that start on a database that other hosts have written or are writing.</summary>
public sealed class StartTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restarted_host_reads_and_continues_the_stored_streams()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await database.Host.TurnOnAsync(account);
        await database.Host.CreateAsync(account, "lamp");
        var now = await database.Host.NowAsync();
        await database.Host.AppendAsync(account, Connected("lamp", now));
        var records = await Stored.RecordRowsAsync(database.Host, generation);
        var relations = await Stored.RelationsAsync(database.Host, generation);

        await using var started = new StoreHost(database.ConnectionString);
        await started.BringSchemaUpToDateAsync();

        (await Stored.RecordRowsAsync(started, generation)).ShouldBe(records);
        (await Stored.RelationsAsync(started, generation)).ShouldBe(relations);
        (await started.AppendAsync(account, Connected("lamp", now), Disconnected("lamp", now)))
            .ShouldBe([Outcome.Duplicate, Outcome.Accepted]);
        await Stored.ShouldBeConsistentAsync(started, generation);
    }

    [Fact]
    public async Task Starting_on_an_up_to_date_database_changes_no_schema()
    {
        await database.Host.TurnOnAsync(SharedDatabase.NewAccount());

        await using var started = new StoreHost(database.ConnectionString);

        (await started.Store.Storage.Database.CreateMigrationAsync(Cancelled)).Difference
            .ShouldBe(Weasel.Core.SchemaPatchDifference.None);
    }

    [Fact]
    public async Task Hosts_that_start_at_the_same_time_on_an_empty_database_all_become_ready()
    {
        var connectionString = await PostgresServer.CreateDatabaseAsync(Cancelled);
        var hosts = Enumerable.Range(0, 4).Select(_ => new StoreHost(connectionString)).ToArray();

        await Task.WhenAll(hosts.Select(host => Task.Run(host.BringSchemaUpToDateAsync)));

        foreach (var host in hosts)
        {
            var account = SharedDatabase.NewAccount();
            await host.TurnOnAsync(account);
            await host.CreateAsync(account, "lamp");
            (await host.AppendAsync(account, Connected("lamp", await host.NowAsync()))).ShouldBe([Outcome.Accepted]);
            await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Hosts_may_start_while_another_turns_accounts_on_and_off_and_writes()
    {
        await using var database = new OwnDatabase();
        var first = await database.StartAsync();
        var busy = SharedDatabase.NewAccount();
        var generation = await first.TurnOnAsync(busy);
        await first.CreateAsync(busy, "lamp");
        using var started = new CancellationTokenSource();
        var turning = Task.Run(async () =>
        {
            var ended = new List<Generation>();
            for (var version = 1; !started.IsCancellationRequested; version++)
            {
                var account = SharedDatabase.NewAccount();
                await first.TurnOnAsync(account);
                (await first.AppendAsync(busy, Connected("lamp", await first.NowAsync(), version)))
                    .ShouldBe([Outcome.Accepted]);
                ended.Add(await first.TurnOffAsync(account));
                await first.Purge.RunAsync(ended[^1], Cancelled);
            }

            return ended;
        });

        try
        {
            for (var start = 0; start < 6; start++) await database.StartAsync();
        }
        finally
        {
            await started.CancelAsync();
        }

        foreach (var ended in await turning) await Stored.ShouldBeGoneAsync(first, ended);
        await Stored.ShouldBeConsistentAsync(first, generation);
    }

    private sealed class OwnDatabase : IAsyncDisposable
    {
        private readonly List<StoreHost> _hosts = [];
        private string? _connectionString;

        public async Task<StoreHost> StartAsync()
        {
            _connectionString ??= await PostgresServer.CreateDatabaseAsync(Cancelled);
            var host = new StoreHost(_connectionString);
            _hosts.Add(host);
            await host.BringSchemaUpToDateAsync();
            return host;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var host in _hosts) await host.DisposeAsync();
        }
    }
}
