using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>Several writers on two hosts write events of the same things at once.</summary>
public sealed class ConcurrentWritersTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private const int Writers = 8;

    [Fact]
    public async Task Writers_of_overlapping_things_in_different_orders_lose_nothing_and_store_nothing_twice()
    {
        var (account, generation) = await AnAccountWithThingsAsync(12);
        var now = await database.Host.NowAsync();
        var all = Enumerable.Range(0, 12)
            .SelectMany(thing => Enumerable.Range(0, 20).SelectMany(version => (LifecycleEvent[])
                [Connected($"thing-{thing}", now, version), Disconnected($"thing-{thing}", now, version)])).ToArray();

        // Two writers have the same events, each in a different order.
        var acknowledged = await AtOnceAsync(async writer =>
        {
            var mine = all.Where((_, i) => i % (Writers / 2) == writer % (Writers / 2)).ToArray();
            new Random(writer).Shuffle(mine);
            var outcomes = new List<(LifecycleEvent, Outcome)>();
            foreach (var batch in mine.Chunk(9))
                outcomes.AddRange(batch.Zip(await Host(writer).AppendAsync(account, batch)));
            return outcomes;
        });

        acknowledged.Count.ShouldBe(2 * all.Length);
        acknowledged.Where(e => e.Outcome == Outcome.Duplicate).Select(e => e.Event).ShouldBe(all, ignoreOrder: true);
        acknowledged.Where(e => e.Outcome.Kind <= OutcomeKind.Late).Select(e => e.Event)
            .ShouldBe(all, ignoreOrder: true);
        await Stored.ShouldBeConsistentAsync(database.Host, generation);
    }

    [Fact]
    public async Task Writers_of_one_thing_each_evolve_the_record_that_the_previous_writer_committed()
    {
        var (account, generation) = await AnAccountWithThingsAsync(1);
        var now = await database.Host.NowAsync();

        var acknowledged = await AtOnceAsync(async writer =>
        {
            var outcomes = new List<(LifecycleEvent, Outcome)>();
            for (var i = 0; i < 15; i++)
            {
                LifecycleEvent mine = i % 2 == 0
                    ? Connected("thing-0", now, version: i * Writers + writer)
                    : Disconnected("thing-0", now, version: (i - 1) * Writers + writer);
                outcomes.Add((mine, (await Host(writer).AppendAsync(account, mine))[0]));
            }

            return outcomes;
        });

        acknowledged.ShouldAllBe(e => e.Outcome.Kind <= OutcomeKind.Late);
        (await Stored.EventCountAsync(database.Host, generation)).ShouldBe(Writers * 15);
        await Stored.ShouldBeConsistentAsync(database.Host, generation);
    }

    [Fact]
    public async Task One_event_that_all_writers_submit_at_once_is_stored_once()
    {
        var (account, generation) = await AnAccountWithThingsAsync(10);
        var now = await database.Host.NowAsync();

        for (var i = 0; i < 10; i++)
        {
            var connect = Connected($"thing-{i}", now);
            var acknowledged = await AtOnceAsync(
                async writer => [(connect, (await Host(writer).AppendAsync(account, connect))[0])]);

            acknowledged.Count(e => e.Outcome == Outcome.Accepted).ShouldBe(1);
            acknowledged.Count(e => e.Outcome == Outcome.Duplicate).ShouldBe(Writers - 1);
        }

        await Stored.ShouldBeConsistentAsync(database.Host, generation);
    }

    private StoreHost Host(int writer) => writer % 2 == 0 ? database.Host : database.OtherHost;

    private async Task<(Account, Generation)> AnAccountWithThingsAsync(int things)
    {
        var account = SharedDatabase.NewAccount();
        var generation = await database.Host.TurnOnAsync(account);
        for (var i = 0; i < things; i++) await database.Host.CreateAsync(account, $"thing-{i}");
        return (account, generation);
    }

    private static async Task<List<(LifecycleEvent Event, Outcome Outcome)>> AtOnceAsync(
        Func<int, Task<List<(LifecycleEvent, Outcome)>>> write) =>
        [
            .. (await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => write(writer)))))
                .SelectMany(outcomes => outcomes),
        ];
}
