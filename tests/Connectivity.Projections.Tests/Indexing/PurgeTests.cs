using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Indexing;

/// <summary>Rule 5: a purge names the generation it removes, removes all of it and touches no other.</summary>
public sealed class PurgeTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_purge_removes_every_row_partition_and_sequence_and_counts_what_it_removed()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        await Host.TurnOffAsync(account);

        (await Host.Purge.RunAsync(generation, Cancelled)).ShouldBe(3);

        await Stored.ShouldBeGoneAsync(Host, generation);
    }

    [Fact]
    public async Task A_purge_may_be_repeated()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        await Host.TurnOffAsync(account);
        await Host.Purge.RunAsync(generation, Cancelled);

        (await Host.Purge.RunAsync(generation, Cancelled)).ShouldBe(0);
        (await database.OtherHost.Purge.RunAsync(generation, Cancelled)).ShouldBe(0);
    }

    [Fact]
    public async Task A_purge_waits_for_a_long_reader_and_delays_nothing_else()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        var (other, _) = await AnAccountWithEventsAsync();
        await Host.TurnOffAsync(account);
        Task<long> purging, second;
        await using (var reader = await ReadAllAsync())
        {
            purging = Host.Purge.RunAsync(generation, Cancelled);
            await UntilDetachingAsync();

            (await Host.AskAsync(other, "pump")).IsIndexed.ShouldBeTrue();
            (await Host.AppendAsync(other, Connected("lamp", await Host.NowAsync(), version: 77)))
                .ShouldBe([Outcome.Accepted]);
            await Host.TurnOnAsync(account);
            await using (var started = new StoreHost(database.ConnectionString)) await started.BringSchemaUpToDateAsync();
            second = database.OtherHost.Purge.RunAsync(await Host.TurnOffAsync(account), Cancelled);
            purging.IsCompleted.ShouldBeFalse();
            second.IsCompleted.ShouldBeFalse();
        }

        (await purging).ShouldBe(3);
        (await second).ShouldBe(0);
        await Stored.ShouldBeGoneAsync(Host, generation);
    }

    [Fact]
    public async Task A_purge_ends_the_detachment_that_another_one_began()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        await Host.TurnOffAsync(account);
        await using (var reader = await ReadAllAsync())
        {
            using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
            var purging = Host.Purge.RunAsync(generation, interrupted.Token);
            await UntilDetachingAsync();
            await interrupted.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(purging);
            await UntilDetachingAsync();
        }

        await database.OtherHost.Purge.RunAsync(generation, Cancelled);
        await Stored.ShouldBeGoneAsync(Host, generation);
    }

    [Theory]
    [InlineData("drop table connectivity.mt_doc_record_{0}")]
    [InlineData("drop table connectivity.mt_doc_record_{0}, connectivity.mt_events_{0}, connectivity.mt_streams_{0}")]
    [InlineData("delete from connectivity.mt_tenant_partitions where partition_suffix = '{0}'")]
    public async Task A_purge_continues_an_interrupted_one(string interrupted)
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        await Host.TurnOffAsync(account);
        await Host.ExecuteAsync(string.Format(interrupted, generation.PartitionSuffix));

        await database.OtherHost.Purge.RunAsync(generation, Cancelled);

        await Stored.ShouldBeGoneAsync(Host, generation);
    }

    [Fact]
    public async Task A_new_host_purges_a_generation_that_it_never_used()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        await Host.TurnOffAsync(account);

        await using var started = new StoreHost(database.ConnectionString);
        (await started.Purge.RunAsync(generation, Cancelled)).ShouldBe(3);

        await Stored.ShouldBeGoneAsync(started, generation);
    }

    [Fact]
    public async Task A_purge_of_an_empty_generation_removes_its_partitions()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        var generation = await Host.TurnOffAsync(account);

        (await Host.Purge.RunAsync(generation, Cancelled)).ShouldBe(0);

        await Stored.ShouldBeGoneAsync(Host, generation);
    }

    [Fact]
    public async Task A_late_purge_does_not_touch_the_next_generation()
    {
        var (account, previous) = await AnAccountWithEventsAsync();
        await Host.TurnOffAsync(account);
        var next = await Host.TurnOnAsync(account);
        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync(), version: 9));

        await database.OtherHost.Purge.RunAsync(previous, Cancelled);
        await Host.Purge.RunAsync(previous, Cancelled);

        await Stored.ShouldBeGoneAsync(Host, previous);
        (await Stored.EventCountAsync(Host, next)).ShouldBe(1);
        (await Host.AskAsync(account, "lamp")).Record!.Connect!.Connection.VersionNumber.ShouldBe(9);
        (await Host.AppendAsync(account, Disconnected("lamp", await Host.NowAsync(), version: 9)))
            .ShouldBe([Outcome.Accepted]);
        await Stored.ShouldBeConsistentAsync(Host, next);
    }

    [Fact]
    public async Task A_purge_does_not_change_another_account()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        var (another, its) = await AnAccountWithEventsAsync();
        var records = await Stored.RecordRowsAsync(Host, its);
        await Host.TurnOffAsync(account);

        await Host.Purge.RunAsync(generation, Cancelled);

        (await Stored.RecordRowsAsync(Host, its)).ShouldBe(records);
        (await Host.AppendAsync(another, Connected("lamp", await Host.NowAsync(), version: 9)))
            .ShouldBe([Outcome.Accepted]);
        await Stored.ShouldBeConsistentAsync(Host, its);
    }

    [Fact]
    public async Task A_purged_generation_does_not_reappear_when_another_account_is_turned_on()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        await database.OtherHost.TurnOnAsync(SharedDatabase.NewAccount());
        await Host.TurnOffAsync(account);
        await Host.Purge.RunAsync(generation, Cancelled);

        await database.OtherHost.TurnOnAsync(SharedDatabase.NewAccount());
        await Host.TurnOnAsync(SharedDatabase.NewAccount());
        await database.OtherHost.BringSchemaUpToDateAsync();

        await Stored.ShouldBeGoneAsync(Host, generation);
    }

    [Fact]
    public async Task Turning_indexing_off_waits_for_ingest_in_progress()
    {
        var (account, generation) = await AnAccountWithEventsAsync();
        var now = await Host.NowAsync();
        Task<IReadOnlyList<Outcome>> ingest;
        Task<Generation> turningOff;
        await using (var stall = await Stall.AppendsAsync(Host))
        {
            ingest = Host.AppendAsync(account, Connected("lamp", now, version: 9));
            await stall.UntilWaitingAsync(1);
            turningOff = database.OtherHost.TurnOffAsync(account);
            await stall.UntilWaitingAsync(2);
            (await Host.Indexing.CurrentGenerationAsync(account, Cancelled)).ShouldBe(generation);
        }

        (await ingest).ShouldBe([Outcome.Accepted]);
        (await turningOff).ShouldBe(generation);
        (await Host.Purge.RunAsync(generation, Cancelled)).ShouldBe(4);
    }

    /// <summary>Two things with three events between them, and one that never connected.</summary>
    private async Task<(Account, Generation)> AnAccountWithEventsAsync()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        foreach (var name in new[] { "lamp", "door", "idle" }) await Host.CreateAsync(account, name);
        var now = await Host.NowAsync();
        await Host.AppendAsync(account, Connected("lamp", now), Connected("door", now), Disconnected("door", now));
        return (account, generation);
    }

    /// <summary>As a backup does.</summary>
    private async Task<NpgsqlConnection> ReadAllAsync()
    {
        var reader = await Host.DataSource.OpenConnectionAsync(Cancelled);
        await using var lockAll = new NpgsqlCommand(
            $"begin; lock table {ConnectivitySchema.Records}, {ConnectivitySchema.Events} in access share mode", reader);
        await lockAll.ExecuteNonQueryAsync(Cancelled);
        return reader;
    }

    private Task UntilDetachingAsync() => Eventually.Is(
        () => Host.ScalarAsync<bool>("select exists (select from pg_inherits where inhdetachpending)"),
        because: "a partition is being detached");
}
