using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using HdrHistogram;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>How soon a query shows a change.</summary>
public sealed class VisibilityRow : IHeartRow
{
    public string Name => "visibility";

    public string Description =>
        "From the gateway's decision that a device is connected, or no longer is, to the first answer of a query that "
        + "shows it, for one device and for 64 that change without a pause. Floor: one durable transaction of an "
        + "insert and an upsert, and one read, in plain SQL.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var host = await VisibilityBenchmark.StartAsync();
        var (series, figures) = (new List<Series>(), new List<Figure>());
        foreach (var (devices, target) in ((int, double)[])[(1, 25), (64, 60)])
        {
            var changes = Math.Max(20, (int)(context.Options.Seconds * 40 / Math.Sqrt(devices)));
            var (floor, visible) = await VisibilityBenchmark.MeasureWithFloorAsync(host, devices, changes);
            series.Add(ToSeries($"plain SQL, {devices} at once", floor));
            series.Add(ToSeries($"decision to visible answer, {devices} at once", visible));
            figures.Add(Figure.Most($"p99, {devices} at once", series[^1].P99, "ms", target));
            figures.Add(Figure.Only(
                $"p99, ratio to the floor, {devices} at once", series[^1].P99 / series[^2].P99, ""));
        }

        return new RowFindings(series, figures);
    }

    /// <summary>Only latency is measured.</summary>
    private static Series ToSeries(string name, LongConcurrentHistogram microseconds)
    {
        var result = LoadRun.NewHistogram();
        result.Add(microseconds);
        var totals = new SeriesTotals(name, "change");
        totals.Add(new LoadResult(microseconds.TotalCount, 0, TimeSpan.MaxValue, result), default);
        return totals.ToSeries();
    }
}
