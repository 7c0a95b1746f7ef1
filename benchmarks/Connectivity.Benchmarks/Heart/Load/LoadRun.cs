using System.Diagnostics;
using HdrHistogram;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>What a load did in its time.</summary>
/// <param name="Microseconds">The latency of each operation.</param>
public sealed record LoadResult(long Done, long Refused, TimeSpan Elapsed, LongHistogram Microseconds);

/// <summary>Runs operations, each on its own task, and measures their latency.</summary>
public static class LoadRun
{
    private static readonly TimeSpan LongestLatency = TimeSpan.FromMinutes(5);

    public static LongHistogram NewHistogram() => new(1, (long)LongestLatency.TotalMicroseconds, 3);

    /// <summary>Closed: each sender begins the next operation when the one before has ended.</summary>
    public static Task<LoadResult> ClosedAsync(
        IReadOnlyList<Operation> senders, TimeSpan duration) =>
        RunAsync(senders, duration, interval: null);

    /// <summary>
    /// Open: the operations of all senders begin at a rate. An operation that its sender could not begin in time,
    /// because the one before was under way, counts from when it was due; otherwise from when it began, so that the
    /// lateness of timers does not count.
    /// </summary>
    /// <param name="ended">Ends the load before its time.</param>
    public static Task<LoadResult> PacedAsync(
        IReadOnlyList<Operation> senders, double perSecond, TimeSpan duration,
        CancellationToken ended = default) =>
        RunAsync(senders, duration, TimeSpan.FromSeconds(senders.Count / perSecond), ended);

    private static async Task<LoadResult> RunAsync(
        IReadOnlyList<Operation> senders, TimeSpan duration, TimeSpan? interval,
        CancellationToken ended = default)
    {
        var clock = Stopwatch.StartNew();
        var tasks = senders.Select((send, i) => Task.Run(() => SendAsync(
            send, clock, duration, interval, first: (interval ?? TimeSpan.Zero) * ((double)i / senders.Count), ended)));
        var results = await Task.WhenAll(tasks);
        var elapsed = clock.Elapsed;
        var all = NewHistogram();
        foreach (var result in results) all.Add(result.Microseconds);
        return new LoadResult(
            results.Sum(result => result.Done), results.Sum(result => result.Refused), elapsed, all);
    }

    private static async Task<LoadResult> SendAsync(
        Operation send, Stopwatch clock, TimeSpan duration, TimeSpan? interval, TimeSpan first,
        CancellationToken ended)
    {
        var (done, refused, microseconds) = (0L, 0L, NewHistogram());
        var due = first;
        while (clock.Elapsed < duration && due < duration && !ended.IsCancellationRequested)
        {
            var began = clock.Elapsed;
            if (interval is { } step)
            {
                if (due > began)
                {
                    await Task.Delay(due - began, CancellationToken.None);
                    began = clock.Elapsed;
                }
                else
                {
                    began = due;
                }

                due += step;
            }

            var progress = await send();
            microseconds.RecordValue(Math.Max(1, (long)(clock.Elapsed - began).TotalMicroseconds));
            done += progress.Done;
            refused += progress.Refused;
        }

        return new LoadResult(done, refused, clock.Elapsed, microseconds);
    }
}
