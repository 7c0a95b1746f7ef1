using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;

namespace Connectivity.Chaos.Tests;

public sealed class DeliveryTests(ChaosDatabase server, ChaosReport report)
{
    private const int Things = 12;

    [Fact]
    public async Task Deliveries_permuted_repeated_dropped_and_sent_again_end_in_the_true_record()
    {
        await using var scenario = await FaultScenario.BeginAsync(
            "deliveries permuted, repeated, dropped and sent again", server, report);
        var host = await scenario.HostAsync();
        await scenario.RunAsync(inShort: 1, inLong: 100, async round =>
        {
            var pcg = new PCG((uint)round.Seed);
            var events = new List<Report>();
            foreach (var i in Enumerable.Range(0, Things))
            {
                var name = $"{round.Name}-{i}";
                await host.Client!.CreateThingAsync(name);
                var history = ConformingSource.Histories(name, $"source-{i % 3}").Generate(pcg, null, out _);
                events.AddRange(UntilNow(history));
            }

            var arrivals = events.ToArray();
            round.Random.Shuffle(arrivals);
            round.Ledger.Add(arrivals, copies: 2);
            var options = new SendersOptions(Import: true, Leaving: true);
            await using var senders = Senders.Start(null, round.Ledger, [host], round.Seed, options);
            await round.AcknowledgedAsync(events.Count / 2);
            await round.JudgeAsync(senders, host);
        });
    }

    /// <summary>The history, moved so that it ends now: events in the future are rejected.</summary>
    private static IEnumerable<Report> UntilNow(Testing.Lifecycle.TrueHistory history)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        var shift = now - history.Reports.Max(report => report.Event.OccurredAt);
        return history.Reports.Select(report => report with
        {
            Event = report.Event switch
            {
                ThingDisconnected end => end with
                {
                    OccurredAt = end.OccurredAt + shift,
                    ConnectedAt = end.ConnectedAt + shift,
                },
                var begin => begin with { OccurredAt = begin.OccurredAt + shift },
            },
        });
    }
}
