using System.Collections.Concurrent;
using System.Diagnostics;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>
/// The indexed periods that start and end in a round: of single things that are created again, and of all things where
/// indexing is turned off and on.
/// </summary>
public sealed class ObservedPeriods
{
    private readonly ConcurrentDictionary<string, ObservedPeriod> _ofThings = new();
    private ObservedPeriod _ofAll = ObservedPeriod.Unbounded;

    public ObservedPeriod Current(string name)
    {
        var own = _ofThings.GetValueOrDefault(name, ObservedPeriod.Unbounded);
        return new ObservedPeriod(
            Math.Max(own.PreviousEndRequestedAt, _ofAll.PreviousEndRequestedAt),
            Math.Max(own.StartConfirmedAt, _ofAll.StartConfirmedAt));
    }

    /// <param name="restart">Deletes the thing and creates it again.</param>
    public async Task RestartAsync(string name, Func<Task> restart) => _ofThings[name] = await TimeAsync(restart);

    /// <param name="restart">Turns indexing off, and on again.</param>
    public async Task RestartAllAsync(Func<Task> restart) => _ofAll = await TimeAsync(restart);

    private static async Task<ObservedPeriod> TimeAsync(Func<Task> restart)
    {
        var requested = Stopwatch.GetTimestamp();
        await restart();
        return new ObservedPeriod(requested, Stopwatch.GetTimestamp());
    }
}
