using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Registry;

public sealed class DeletionTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    [Fact]
    public async Task Deleting_a_thing_removes_only_its_own_stream_and_record_in_the_same_commit()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        var lamp = await Host.CreateAsync(account, "lamp");
        var door = await Host.CreateAsync(account, "door");
        var now = await Host.NowAsync();
        await Host.AppendAsync(account, Connected("lamp", now), Disconnected("lamp", now), Connected("door", now));

        await using (var stall = await Stall.DeletionsAsync(Host))
        {
            var deletion = Host.DeleteAsync(account, "lamp");
            await stall.UntilWaitingAsync(1);
            // It has reached its last statement, and no other transaction sees any of it.
            (await Stored.StreamAsync(Host, generation, lamp.ThingId)).Count.ShouldBe(2);
            (await Host.AskAsync(account, "lamp")).Record!.Disconnect.ShouldNotBeNull();
            await stall.DisposeAsync();
            await deletion;
        }

        (await RowsAsync(generation, lamp.ThingId)).ShouldBe(0);
        (await Host.AskAsync(account, "lamp")).ThingId.ShouldBeNull();
        (await RowsAsync(generation, door.ThingId)).ShouldBe(3);
        await Stored.ShouldBeConsistentAsync(Host, generation);
    }

    [Fact]
    public async Task A_deletion_waits_for_ingest_in_progress_and_removes_its_events()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        var lamp = await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();
        Task<IReadOnlyList<Outcome>> ingest;
        Task deletion;
        await using (var stall = await Stall.AppendsAsync(Host))
        {
            ingest = Host.AppendAsync(account, Connected("lamp", now));
            await stall.UntilWaitingAsync(1);
            deletion = database.OtherHost.DeleteAsync(account, "lamp");
            await stall.UntilWaitingAsync(2);
        }

        (await ingest).ShouldBe([Outcome.Accepted]);
        await deletion;
        (await RowsAsync(generation, lamp.ThingId)).ShouldBe(0);
    }

    [Fact]
    public async Task Ingest_that_waited_for_a_deletion_finds_no_thing()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();
        Task<IReadOnlyList<Outcome>> ingest;
        Task deletion;
        await using (var stall = await Stall.DeletionsAsync(Host))
        {
            deletion = Host.DeleteAsync(account, "lamp");
            await stall.UntilWaitingAsync(1);
            ingest = database.OtherHost.AppendAsync(account, Connected("lamp", now));
            await stall.UntilWaitingAsync(2);
        }

        await deletion;
        (await ingest).ShouldBe([Outcome.NotRegistered]);
        (await Stored.EventCountAsync(Host, generation)).ShouldBe(0);
    }

    [Fact]
    public async Task A_thing_may_be_deleted_before_its_previous_generation_is_purged()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        await Host.CreateAsync(account, "lamp");
        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));
        var previous = await Host.TurnOffAsync(account);
        await Host.DeleteAsync(account, "lamp");
        var next = await Host.TurnOnAsync(account);
        await Host.CreateAsync(account, "lamp");

        await Host.Purge.RunAsync(previous, TestContext.Current.CancellationToken);

        await Stored.ShouldBeGoneAsync(Host, previous);
        (await Host.AskAsync(account, "lamp")).Record!.Latest.ShouldBeNull();
        await Stored.ShouldBeConsistentAsync(Host, next);
    }

    /// <summary>
    /// The number of rows of one incarnation: one of its stream, one of its record, and one for each event.
    /// </summary>
    private Task<long> RowsAsync(Generation generation, string thingId) => Host.ScalarAsync<long>(
        $"""
        select (select count(*) from {ConnectivitySchema.Events} where tenant_id = $1 and stream_id = $2)
             + (select count(*) from {ConnectivitySchema.Streams} where tenant_id = $1 and id = $2)
             + (select count(*) from {ConnectivitySchema.Records} where tenant_id = $1 and id = $2)
        """, generation.TenantId, thingId);
}
