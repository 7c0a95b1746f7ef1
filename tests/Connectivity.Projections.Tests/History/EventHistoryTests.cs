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
        while (await history.PageAsync(account, thing.ThingId, pages.Count, 2, Cancelled) is { Count: > 0 } page)
            pages.AddRange(page);

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
        (await Host.History.PageAsync(account, "stranger", 0, 10, Cancelled)).ShouldBeEmpty();
        (await Host.History.PageAsync(await shared.NewIndexedAccountAsync(), thing.ThingId, 0, 10, Cancelled))
            .ShouldBeEmpty();

        await Host.TurnOffAsync(account);

        (await Host.History.PageAsync(account, thing.ThingId, 0, 10, Cancelled)).ShouldBeEmpty();
        (await Host.History.AsOfAsync(account, thing.ThingId, await Host.NowAsync(), Cancelled)).Latest.ShouldBeNull();
    }

    [Fact]
    public async Task The_record_as_of_a_time_is_the_fold_of_the_events_that_had_occurred_however_late_they_arrived()
    {
        var account = await shared.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        var start = (await Host.NowAsync()).AddDays(-1);
        LifecycleEvent[] events =
        [
            Connected("lamp", start, version: 1),
            Disconnected("lamp", start.AddMinutes(5), version: 1),
            Connected("lamp", start.AddMinutes(6), version: 2),
            Disconnected("lamp", start.AddMinutes(9), version: 2),
        ];
        await Host.ImportAsync(account, [.. events.Reverse()]);

        for (var minute = -1; minute <= 10; minute++)
        {
            var at = start.AddMinutes(minute);
            (await Host.History.AsOfAsync(account, thing.ThingId, at, Cancelled))
                .ShouldBe(Fold(thing.ThingId, events.Where(e => e.OccurredAt <= at)), $"at minute {minute}");
        }

        var justBefore = start.AddMinutes(5) - TimeSpan.FromMilliseconds(1);
        (await Host.History.AsOfAsync(account, thing.ThingId, justBefore, Cancelled)).IsConnected.ShouldBeTrue();
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

        var recorded = (await host.History.PageAsync(account, thing.ThingId, 0, 1, Cancelled)).ShouldHaveSingleItem();
        recorded.RecordedAt.ShouldBeInRange(before, after.AddMilliseconds(1));
        recorded.Event.OccurredAt.ShouldBe(before);
    }
}
