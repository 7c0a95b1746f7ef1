using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>What conforming sources deliver of many things, interleaved into one sequence.</summary>
/// <param name="Sizes">Of the transactions that the sequence is split into.</param>
internal sealed record ManyDeliveries(Report[] Sequence, int[] Sizes)
{
    private const int Things = 40;

    /// <summary>Moves the generated times far enough into the past for every clock.</summary>
    private static readonly TimeSpan Ago = TimeSpan.FromDays(3650);

    public static readonly Gen<ManyDeliveries> Sequences =
        from deliveries in DeliveriesOfAllThings()
        let all = deliveries.SelectMany(delivery => delivery.Arrivals).ToArray()
        from sequence in Gen.Shuffle(all)
        from sizes in Gen.Int[1, 60].Array[all.Length]
        select new ManyDeliveries(sequence, sizes);

    /// <summary>
    /// Stores them through hosts in turn. Returns the <c>thingId</c> of each name, and how many events are stored.
    /// </summary>
    public static async Task<(IReadOnlyDictionary<string, string> ThingIds, int Stored)> StoreAsync(
        ManyDeliveries deliveries, Account account, params StoreHost[] hosts)
    {
        var thingIds = new Dictionary<string, string>();
        for (var i = 0; i < Things; i++) thingIds[Name(i)] = (await hosts[0].CreateAsync(account, Name(i))).ThingId;

        var seen = new HashSet<LifecycleEvent>();
        var (sequence, sizes) = deliveries;
        for (var (start, cut) = (0, 0); start < sequence.Length; start += sizes[cut++])
        {
            var events = sequence.Skip(start).Take(sizes[cut]).Select(report => report.Event).ToArray();
            var outcomes = await hosts[cut % hosts.Length].ImportAsync(account, events);
            outcomes.Select(outcome => outcome == Outcome.Duplicate).ShouldBe(events.Select(e => !seen.Add(e)));
            outcomes.ShouldAllBe(outcome => outcome.Kind <= OutcomeKind.Duplicate);
        }

        return (thingIds, seen.Count);
    }

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
