using Connectivity.Domain.Indexing;
using Connectivity.Projections.Indexing;

namespace Connectivity.Projections.Tests.Indexing;

public sealed class GenerationTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_that_was_never_configured_has_everything_off_and_no_generation()
    {
        var account = SharedDatabase.NewAccount();

        (await Host.Indexing.GetAsync(account, Cancelled)).ShouldBe(IndexingConfiguration.Off);
        (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBeNull();
    }

    [Fact]
    public async Task Turning_indexing_on_starts_a_generation_that_every_host_sees_immediately()
    {
        var account = SharedDatabase.NewAccount();

        var started = await Host.TurnOnAsync(account);

        started.TenantId.ShouldBe($"{started.Number}");
        (await database.OtherHost.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBe(started);
    }

    [Fact]
    public async Task Changing_the_configuration_while_indexing_is_on_keeps_the_generation()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);

        (await Host.UpdateIndexingAsync(account, Configurations.OnWithSocketInformation))
            .ShouldBe(new IndexingChange(null, null));

        (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBe(generation);
        (await database.OtherHost.Indexing.GetAsync(account, Cancelled)).ReleasesSocketInformation.ShouldBeTrue();
    }

    [Fact]
    public async Task Turning_indexing_off_returns_the_generation_that_ended_and_repeating_it_returns_none()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);

        (await Host.UpdateIndexingAsync(account, ThingIndexing.Off)).ShouldBe(new IndexingChange(null, generation));
        (await Host.UpdateIndexingAsync(account, ThingIndexing.Off)).ShouldBe(new IndexingChange(null, null));
        (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBeNull();
    }

    [Fact]
    public async Task Indexing_things_without_their_connectivity_starts_no_generation()
    {
        var account = SharedDatabase.NewAccount();

        await Host.UpdateIndexingAsync(account, Configurations.On with { ConnectivityMode = IndexingMode.Off });

        (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBeNull();
        (await Host.Indexing.GetAsync(account, Cancelled)).Thing.Mode.ShouldBe(IndexingMode.Registry);
    }

    [Fact]
    public async Task An_update_that_breaks_a_rule_changes_nothing()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);

        var change = await Host.UpdateIndexingAsync(
            account, ThingIndexing.Off with { ConnectivityMode = IndexingMode.Status });

        change.Error.ShouldNotBeNull();
        change.Ended.ShouldBeNull();
        (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBe(generation);
    }

    [Fact]
    public async Task An_update_that_is_not_committed_changes_nothing()
    {
        var account = SharedDatabase.NewAccount();
        await using (var session = Host.Store.LightweightSession())
            await Host.Indexing.UpdateAsync(session, account, Configurations.On, null, Cancelled);

        (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBeNull();
        await Host.TurnOnAsync(account);
    }

    [Fact]
    public async Task A_generation_s_number_is_never_used_twice()
    {
        var account = SharedDatabase.NewAccount();
        var numbers = new List<long>();
        foreach (var host in (StoreHost[])[Host, database.OtherHost, Host])
        {
            numbers.Add((await host.TurnOnAsync(account)).Number);
            await Host.Purge.RunAsync(await host.TurnOffAsync(account), Cancelled);
        }

        numbers.ShouldBeUnique();
        numbers.ShouldBeInOrder();
    }

    [Fact]
    public async Task Several_accounts_may_be_turned_on_and_off_and_purged_at_the_same_time_on_several_hosts()
    {
        var ended = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            var (account, host) = (SharedDatabase.NewAccount(), i % 2 == 0 ? Host : database.OtherHost);
            var generations = new List<Generation>();
            for (var round = 0; round < 4; round++)
            {
                await host.TurnOnAsync(account);
                generations.Add(await host.TurnOffAsync(account));
                await host.Purge.RunAsync(generations[^1], Cancelled);
            }

            return generations;
        })));

        foreach (var generation in ended.SelectMany(generations => generations))
            await Stored.ShouldBeGoneAsync(Host, generation);
    }

    [Fact]
    public async Task Turning_one_account_on_from_two_hosts_at_once_starts_one_generation()
    {
        var account = SharedDatabase.NewAccount();

        await Task.WhenAll(
            Host.UpdateIndexingAsync(account, Configurations.On),
            database.OtherHost.UpdateIndexingAsync(account, Configurations.On));

        var generation = (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldNotBeNull();
        (await Host.ColumnAsync<string>(
            $"select relname::text from pg_class where relname = 'mt_events_{generation.PartitionSuffix}'"))
            .Count.ShouldBe(1);
    }
}
