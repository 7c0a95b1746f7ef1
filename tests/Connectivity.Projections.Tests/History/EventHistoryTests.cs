using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.History;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.History;

public sealed class EventHistoryTests(SharedDatabase shared) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => shared.Host;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_return_the_events_in_the_order_they_were_recorded()
    {
        var account = await shared.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        await Host.CreateAsync(account, "door");
        var now = await Host.NowAsync();
        var events = Enumerable.Range(0, 7)
            .Select(LifecycleEvent (i) => Connected("lamp", now, version: (i * 3) % 7)).ToArray();
        foreach (var batch in events.Chunk(3))
            await Host.AppendAsync(account, [.. batch, Connected("door", now, batch[0].Connection.VersionNumber)]);

        var pages = new List<RecordedEvent>();
        var history = shared.OtherHost.History;
        while (await PageAsync(history, account, thing.ThingId, pages.Count) is { Count: > 0 } page) pages.AddRange(page);

        pages.Select(e => e.Event).ShouldBe(events);
        pages.Select(e => e.Position).ShouldBe(Enumerable.Range(1, 7).Select(i => (long)i));
        pages.Select(e => e.RecordedAt).ShouldBeInOrder();
        pages.Select(e => e.EventId).ShouldBeUnique();
    }

    [Fact]
    public async Task An_unknown_thing_or_an_account_with_indexing_off_has_no_history()
    {
        var account = await shared.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));
        (await PageAsync(Host.History, account, "stranger")).ShouldBeEmpty();
        (await PageAsync(Host.History, await shared.NewIndexedAccountAsync(), thing.ThingId))
            .ShouldBeEmpty();

        await Host.TurnOffAsync(account);

        (await PageAsync(Host.History, account, thing.ThingId)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Asia/Tokyo")]
    [InlineData("America/Los_Angeles")]
    public async Task RecordedAt_is_the_database_s_time_whatever_time_zone_its_sessions_have(string timeZone)
    {
        var database = new Npgsql.NpgsqlConnectionStringBuilder(shared.ConnectionString) { Timezone = timeZone };
        await Host.ExecuteAsync($"alter database {database.Database} set timezone to '{timeZone}'");
        await using var host = new StoreHost(database.ConnectionString);
        var account = await shared.NewIndexedAccountAsync();
        var thing = await host.CreateAsync(account, "lamp");

        var before = await host.NowAsync();
        (await host.AppendAsync(account, Connected("lamp", before))).ShouldBe([Outcome.Accepted]);
        var after = await host.NowAsync();

        var recorded = (await PageAsync(host.History, account, thing.ThingId)).ShouldHaveSingleItem();
        recorded.RecordedAt.ShouldBeInRange(before, after.AddMilliseconds(1));
        recorded.Event.OccurredAt.ShouldBe(before);
    }

    private static Task<IReadOnlyList<RecordedEvent>> PageAsync(
        EventHistory history, Account account, string thingId, long after = 0) =>
        history.PageAsync(account, thingId, new EventListing(), new EventMark(null, after), limit: 2, Cancelled);
}
