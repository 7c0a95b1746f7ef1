using System.Diagnostics;
using Connectivity.Chaos.Tests.Judging;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests;

/// <summary>One round: a fleet of new things, and what its senders know.</summary>
public sealed class Round(FaultScenario scenario, int number, int seed)
{
    public int Seed => seed;

    public Random Random { get; } = new(seed);

    /// <summary>One of these, in turn from round to round.</summary>
    public T Choose<T>(IReadOnlyList<T> choices) => choices[seed % choices.Count];

    public string Name { get; } = $"r{number}-{seed:x8}";

    public Ledger Ledger { get; } = new(new Random(seed));

    /// <summary>A fleet whose things are registered.</summary>
    public async Task<Fleet> FleetAsync(ChaosHost host, int things = 10)
    {
        var fleet = new Fleet(Name, things, new Random(seed));
        foreach (var name in fleet.Names) await host.Client!.CreateThingAsync(name);
        return fleet;
    }

    /// <summary>Waits until so many events are acknowledged.</summary>
    public Task AcknowledgedAsync(int count) => Eventually.Is(
        () => Ledger.Acknowledged >= count, TimeSpan.FromSeconds(60), $"{count} events are acknowledged");

    /// <summary>Waits for the first acknowledgement from now on, when the fault has ended.</summary>
    public async Task RecoversAsync(TimeSpan within) => await RecoversAsync(Stopwatch.GetTimestamp(), within);

    public async Task RecoversAsync(long since, TimeSpan within)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var acknowledged = await Ledger.NextAcknowledgement.WaitAsync(within, cancellation);
        scenario.Tally.Recovered(Stopwatch.GetElapsedTime(since, acknowledged));
    }

    /// <summary>
    /// Judges twice: while what was not acknowledged may or may not be stored, and after all of it was sent again.
    /// </summary>
    public async Task JudgeAsync(Senders senders, params ChaosHost[] hosts)
    {
        await senders.PauseAsync();
        Judge.Compare(await StoredStreams.ReadAsync(scenario.ConnectionString, Name), Ledger.All).ShouldBeClean();
        await senders.DrainAsync();
        await JudgeAsync(hosts);
    }

    public Task JudgeAsync(params ChaosHost[] hosts) => JudgeAsync((ObservedPeriods?)null, hosts);

    /// <param name="periods">The indexed periods that started and ended in this round.</param>
    public async Task JudgeAsync(ObservedPeriods? periods, params ChaosHost[] hosts)
    {
        var stored = await StoredStreams.ReadAsync(scenario.ConnectionString, Name);
        var verdict = Judge.Compare(stored, Ledger.All, periods);
        foreach (var host in hosts) await Judge.CompareAnswersAsync(verdict, stored, host.Client!);
        foreach (var error in Ledger.InternalErrors) verdict.FindWrong($"an answer was {error}");
        scenario.Tally.Add(verdict);
        verdict.ShouldBeClean();
    }
}
