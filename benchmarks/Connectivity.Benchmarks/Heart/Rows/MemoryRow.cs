using System.Diagnostics;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>The memory of a host under load.</summary>
public sealed class MemoryRow : IHeartRow
{
    private const int Batch = 50;
    private const double EventsPerSecond = 1_000;
    private const double QueriesPerSecond = 1_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public string Name => "memory";

    public string Description =>
        "The physical memory of a host with many things under a mixed load of 1,000 events and 1,000 queries a second. "
        + "The slope is fitted to the second half. Floor: the memory of the same host before the load.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.QueryThings);
        var duration = TimeSpan.FromMinutes(context.Options.Minutes);
        var idle = stage.Host.ResidentMiB;
        var (events, queries) = (
            stage.EventSenders(IngestBatchesRow.Senders, Batch), stage.QuerySenders(QueryRow.Connections));
        var load = Task.WhenAll(
            LoadRun.PacedAsync(events, EventsPerSecond / Batch, duration),
            LoadRun.PacedAsync(queries, QueriesPerSecond, duration));
        var samples = new List<(double Minutes, double MiB)>();
        for (var clock = Stopwatch.StartNew(); !load.IsCompleted; await Task.WhenAny(load, Task.Delay(Interval)))
            samples.Add((clock.Elapsed.TotalMinutes, stage.Host.ResidentMiB));
        var results = await load;
        var (ingested, queried) = (new SeriesTotals("events", "event"), new SeriesTotals("queries", "request"));
        ingested.Add(results[0], default);
        queried.Add(results[1], default);
        return new RowFindings(
            [ingested.ToSeries(), queried.ToSeries()],
            [
                Figure.Most("greatest memory", samples.Max(sample => sample.MiB), "MiB", 600),
                Figure.Most("slope", Slope([.. samples.Skip(samples.Count / 2)]), "MiB/min", 1),
                Figure.Only("minutes", context.Options.Minutes, "min"),
                Figure.Only("floor: memory before the load", idle, "MiB"),
            ]);
    }

    /// <summary>Of the line with the least squares.</summary>
    private static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        var spread = points.Sum(point => (point.X - x) * (point.X - x));
        return spread == 0 ? 0 : points.Sum(point => (point.X - x) * (point.Y - y)) / spread;
    }
}
