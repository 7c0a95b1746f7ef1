using System.Collections.Concurrent;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>
/// Writers that continue while indexed periods end and start. Every event acknowledged in the current period is stored,
/// none of an ended period is, and no writer gets an error.
/// </summary>
public sealed class RacingIndexedPeriodsTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private const int Writers = 4;
    private const int Rounds = 12;

    private static readonly string[] Names = ["lamp", "door", "clock"];

    private StoreHost Host => database.Host;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Ingest_during_deletion_and_re_creation_keeps_exactly_the_events_of_the_current_incarnation()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        foreach (var name in Names) await Host.CreateAsync(account, name);

        var stored = await WhileWritingAsync(account, async written =>
        {
            for (var round = 0; round < Rounds; round++)
                foreach (var name in Names)
                {
                    await database.OtherHost.DeleteAsync(account, name);
                    await Host.CreateAsync(account, name);
                    await written();
                }
        });

        await Stored.ShouldBeConsistentAsync(Host, generation);
        foreach (var name in Names)
        {
            var thing = (await Host.Registry.FindAsync(account, name, Cancelled))!;
            var began = await TimeAsync(
                $"""
                select date_trunc('milliseconds', created_at) from {RegistryTables.ThingsName}
                where account = $1 and name = $2
                """, account.Id, name);
            (await Stored.StreamAsync(Host, generation, thing.ThingId)).ShouldBe(
                stored.Where(e => e.ClientId == name && e.OccurredAt >= began), ignoreOrder: true);
        }
    }

    [Fact]
    public async Task Ingest_during_turning_off_and_on_and_purges_keeps_exactly_the_events_of_the_current_generation()
    {
        var (account, bystander) = (SharedDatabase.NewAccount(), SharedDatabase.NewAccount());
        await Host.TurnOnAsync(account);
        var undisturbed = await Host.TurnOnAsync(bystander);
        foreach (var name in Names)
        {
            await Host.CreateAsync(account, name);
            await Host.CreateAsync(bystander, name);
        }

        var ended = new List<Generation>();
        var bystanders = Array.Empty<LifecycleEvent>();
        var stored = await WhileWritingAsync(account, async written =>
            bystanders = await WhileWritingAsync(bystander, async bystanderWritten =>
            {
                var purges = new List<Task>();
                for (var round = 0; round < Rounds; round++)
                {
                    var (one, other) = round % 2 == 0 ? (Host, database.OtherHost) : (database.OtherHost, Host);
                    ended.Add(await one.TurnOffAsync(account));
                    purges.Add(other.Purge.RunAsync(ended[^1], Cancelled));
                    await other.TurnOnAsync(account);
                    await written();
                    await bystanderWritten();
                }

                await Task.WhenAll(purges);
            }));

        foreach (var generation in ended) await Stored.ShouldBeGoneAsync(Host, generation);
        var current = (await Host.Indexing.CurrentGenerationAsync(account, Cancelled))!;
        var began = await TimeAsync(
            $"select date_trunc('milliseconds', turned_on_at) from {IndexingTable.Name} where account = $1",
            account.Id);
        await Stored.ShouldBeConsistentAsync(Host, current);
        (await EventsAsync(account, current)).ShouldBe(stored.Where(e => e.OccurredAt >= began), ignoreOrder: true);
        await Stored.ShouldBeConsistentAsync(Host, undisturbed);
        (await EventsAsync(bystander, undisturbed)).ShouldBe(bystanders, ignoreOrder: true);
    }

    /// <summary>
    /// Lets writers append connects with the current time, one for each thing at a time and each in its own order,
    /// until the work is done. Returns the events that were acknowledged as stored.
    /// </summary>
    /// <param name="work">Receives a function that waits until the next event is stored.</param>
    private async Task<LifecycleEvent[]> WhileWritingAsync(Account account, Func<Func<Task>, Task> work)
    {
        var stored = new ConcurrentBag<LifecycleEvent>();
        using var done = new CancellationTokenSource();
        var version = 0L;
        var writers = Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var host = writer % 2 == 0 ? Host : database.OtherHost;
            while (!done.IsCancellationRequested)
            {
                var now = await host.NowAsync();
                var events = Names
                    .Select(LifecycleEvent (name) => Connected(name, now, Interlocked.Increment(ref version)))
                    .ToArray();
                Random.Shared.Shuffle(events);
                var outcomes = await host.AppendAsync(account, events);
                foreach (var (e, outcome) in events.Zip(outcomes))
                    if (outcome.Kind <= OutcomeKind.Late) stored.Add(e);
                    else outcome.Kind.ShouldBe(OutcomeKind.Ignored);
            }
        })).ToArray();

        try
        {
            await work(async () =>
            {
                var before = stored.Count;
                await Eventually.Is(
                    () => stored.Count > before || writers.Any(writer => writer.IsFaulted),
                    because: "the next event is stored");
            });
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(writers);
        }

        return [.. stored];
    }

    private async Task<List<LifecycleEvent>> EventsAsync(Account account, Generation generation)
    {
        var events = new List<LifecycleEvent>();
        foreach (var name in Names)
        {
            var thing = (await Host.Registry.FindAsync(account, name, Cancelled))!;
            events.AddRange(await Stored.StreamAsync(Host, generation, thing.ThingId));
        }

        return events;
    }

    private async Task<DateTimeOffset> TimeAsync(string sql, params object[] values) =>
        new(await Host.ScalarAsync<DateTime>(sql, values), TimeSpan.Zero);
}
