using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Testing.Lifecycle;
using CsCheck;

namespace Connectivity.Chaos.Tests;

public sealed class DeliveryTests(ChaosDatabase server, ChaosReport report)
{
    private const int Things = 12;

    [Fact]
    public async Task Deliveries_permuted_repeated_dropped_and_sent_again_come_to_the_true_record()
    {
        await using var kind = await Kind.BeginAsync("deliveries permuted, repeated, dropped and sent again", server, report);
        var host = await kind.HostAsync();
        await kind.RunAsync(inShort: 1, inLong: 100, async round =>
        {
            var pcg = new PCG((uint)round.Seed);
            var reports = new List<Report>();
            foreach (var i in Enumerable.Range(0, Things))
            {
                var name = $"{round.Name}-{i}";
                await host.Client!.CreateThingAsync(name);
                reports.AddRange(UntilNow(ConformingSource.Histories(name, $"source-{i % 3}").Generate(pcg, null, out _)));
            }

            var arrivals = reports.ToArray();
            round.Random.Shuffle(arrivals);
            round.Ledger.Add(arrivals, copies: 2);
            await using var senders = Senders.Start(null, round.Ledger, [host], round.Seed, new SendersOptions(Import: true, Leaving: true));
            await round.AcknowledgedAsync(reports.Count / 2);
            await round.JudgeAsync(senders, host);
        });
    }

    /// <summary>The history as if it had ended just now: what lies ahead is refused.</summary>
    private static IEnumerable<Report> UntilNow(Testing.Lifecycle.History history)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var shift = now - history.Reports.Max(told => told.Event.OccurredAt);
        return history.Reports.Select(told => told with { Event = told.Event with { OccurredAt = told.Event.OccurredAt + shift } });
    }
}
