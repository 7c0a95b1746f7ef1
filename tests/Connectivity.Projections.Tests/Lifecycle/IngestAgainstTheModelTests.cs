using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;
using Truth = Connectivity.Testing.Lifecycle.TrueHistory;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>
/// Rule 2 with storage: events that conforming sources emit for many things, in any order, with repetitions, split into
/// transactions anywhere. The Domain tests check the rule with far more cases; these check what Marten stores.
/// </summary>
public sealed class IngestAgainstTheModelTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private const int Things = 40;

    /// <summary>Moves the generated times far enough into the past for every clock.</summary>
    private static readonly TimeSpan Ago = TimeSpan.FromDays(3650);

    /// <summary>
    /// One delivery for each thing, interleaved into one sequence, and the sizes of the transactions that it is split
    /// into.
    /// </summary>
    private static readonly Gen<(Delivery[] Deliveries, Report[] Sequence, int[] Sizes)> Sequences =
        from deliveries in DeliveriesOfAllThings()
        let all = deliveries.SelectMany(delivery => delivery.Arrivals).ToArray()
        from sequence in Gen.Shuffle(all)
        from sizes in Gen.Int[1, 60].Array[all.Length]
        select (deliveries, sequence, sizes);

    [Fact]
    public async Task The_stored_record_of_conforming_sources_is_the_true_one_and_each_event_is_stored_once() =>
        await Sequences.SampleAsync(
            async sample =>
            {
                var account = await database.NewIndexedAccountAsync();
                var generation = (await database.Host.Indexing.CurrentGenerationAsync(
                    account, TestContext.Current.CancellationToken))!;
                var thingIds = new Dictionary<string, string>();
                for (var i = 0; i < Things; i++)
                    thingIds[Name(i)] = (await database.Host.CreateAsync(account, Name(i))).ThingId;

                var seen = new HashSet<LifecycleEvent>();
                var hosts = new[] { database.Host, database.OtherHost };
                for (var (start, cut) = (0, 0); start < sample.Sequence.Length; start += sample.Sizes[cut++])
                {
                    var events = sample.Sequence.Skip(start).Take(sample.Sizes[cut])
                        .Select(report => report.Event).ToArray();
                    var outcomes = await hosts[cut % 2].ImportAsync(account, events);
                    outcomes.Select(outcome => outcome == Outcome.Duplicate).ShouldBe(events.Select(e => !seen.Add(e)));
                    outcomes.ShouldAllBe(outcome => outcome.Kind <= OutcomeKind.Duplicate);
                }

                (await Stored.EventCountAsync(database.Host, generation)).ShouldBe(seen.Count);
                await Stored.ShouldBeConsistentAsync(database.Host, generation);
                foreach (var (name, thingId) in thingIds)
                {
                    var delivered = sample.Sequence.Where(report => report.Event.ClientId == name).ToList();
                    (await database.Host.AskAsync(account, name)).Record
                        .ShouldBe(Truth.TrueRecord(thingId, delivered), Truth.Print(delivered));
                }
            },
            iter: 8, threads: 2, print: sample => Truth.Print(sample.Sequence));

    private static string Name(int thing) => $"thing-{thing}";

    private static Gen<Delivery[]> DeliveriesOfAllThings()
    {
        var all = Gen.Const(Array.Empty<Delivery>());
        for (var i = 0; i < Things; i++)
            all = Gen.Select(
                all, ConformingSource.Deliveries(Name(i)), (list, next) => (Delivery[])[.. list, Past(next)]);
        return all;
    }

    private static Delivery Past(Delivery delivery) => delivery with
    {
        Arrivals = [.. delivery.Arrivals.Select(report => report with { Event = Past(report.Event) })],
    };

    private static LifecycleEvent Past(LifecycleEvent e) => e switch
    {
        ThingDisconnected end => end with { OccurredAt = end.OccurredAt - Ago, ConnectedAt = end.ConnectedAt - Ago },
        _ => e with { OccurredAt = e.OccurredAt - Ago },
    };
}
