using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;
using Truth = Connectivity.Testing.Lifecycle.History;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>
/// Rule 2 as it is stored: what conforming sources emit of many things, in any order, with repetitions, split into transactions
/// anywhere. The rule itself is held to far more cases in the Domain's tests; here it is what Marten makes of it.
/// </summary>
public sealed class IngestAgainstTheModelTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private const int Things = 40;

    /// <summary>The generated days lie far enough in the past for every clock.</summary>
    private static readonly TimeSpan Ago = TimeSpan.FromDays(3650);

    /// <summary>One delivery for each thing, woven into one line, and where that line is cut into transactions.</summary>
    private static readonly Gen<(Delivery[] Deliveries, Report[] Line, int[] Cuts)> Lines =
        from deliveries in DeliveriesOfAllThings()
        let all = deliveries.SelectMany(delivery => delivery.Arrivals).ToArray()
        from line in Gen.Shuffle(all)
        from cuts in Gen.Int[1, 60].Array[all.Length]
        select (deliveries, line, cuts);

    [Fact]
    public async Task Whatever_conforming_sources_emit_the_stored_record_is_the_true_one_and_each_event_is_stored_once() =>
        await Lines.SampleAsync(
            async sample =>
            {
                var account = await database.NewIndexedAccountAsync();
                var generation = (await database.Host.Indexing.CurrentGenerationAsync(account, TestContext.Current.CancellationToken))!;
                var thingIds = new Dictionary<string, string>();
                for (var i = 0; i < Things; i++) thingIds[Name(i)] = (await database.Host.CreateAsync(account, Name(i))).ThingId;

                var seen = new HashSet<LifecycleEvent>();
                var hosts = new[] { database.Host, database.OtherHost };
                for (var (start, cut) = (0, 0); start < sample.Line.Length; start += sample.Cuts[cut++])
                {
                    var events = sample.Line.Skip(start).Take(sample.Cuts[cut]).Select(report => report.Event).ToArray();
                    var outcomes = await hosts[cut % 2].ImportAsync(account, events);
                    outcomes.Select(outcome => outcome == Outcome.Duplicate).ShouldBe(events.Select(e => !seen.Add(e)));
                    outcomes.ShouldAllBe(outcome => outcome.Kind <= OutcomeKind.Duplicate);
                }

                (await Stored.EventCountAsync(database.Host, generation)).ShouldBe(seen.Count);
                await Stored.ShouldBeConsistentAsync(database.Host, generation);
                foreach (var (name, thingId) in thingIds)
                {
                    var delivered = sample.Line.Where(report => report.Event.ClientId == name).ToList();
                    (await database.Host.AskAsync(account, name)).Record
                        .ShouldBe(Truth.TrueRecord(thingId, delivered), Truth.Print(delivered));
                }
            },
            iter: 8, threads: 2, print: sample => Truth.Print(sample.Line));

    private static string Name(int thing) => $"thing-{thing}";

    private static Gen<Delivery[]> DeliveriesOfAllThings()
    {
        var all = Gen.Const(Array.Empty<Delivery>());
        for (var i = 0; i < Things; i++)
            all = Gen.Select(all, ConformingSource.Deliveries(Name(i)), (list, next) => (Delivery[])[.. list, Past(next)]);
        return all;
    }

    private static Delivery Past(Delivery delivery) => delivery with
    {
        Arrivals =
        [
            .. delivery.Arrivals.Select(report =>
                report with { Event = report.Event with { OccurredAt = report.Event.OccurredAt - Ago } }),
        ],
    };
}
