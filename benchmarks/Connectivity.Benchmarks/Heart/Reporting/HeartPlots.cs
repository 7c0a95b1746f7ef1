using ScottPlot;

namespace Connectivity.Benchmarks.Heart.Reporting;

/// <summary>Draws the points of the results as SVG files: of each plot, throughput and latency.</summary>
public static class HeartPlots
{
    private const int Width = 640;
    private const int Height = 360;

    /// <summary>Draws every plot, and returns the names of the files, in order.</summary>
    public static IReadOnlyList<string> Draw(IEnumerable<PlotPoint> points, string directory)
    {
        var files = new List<string>();
        foreach (var plot in points.GroupBy(point => point.Plot))
        {
            files.Add(Draw(
                [.. plot], directory, $"{plot.Key}-throughput.svg", "a second", [("", point => point.PerSecond)]));
            files.Add(Draw(
                [.. plot], directory, $"{plot.Key}-latency.svg", "milliseconds",
                [("p50", point => point.P50), ("p99", point => point.P99), ("p99.9", point => point.P999)]));
        }

        return files;
    }

    private static string Draw(
        IReadOnlyList<PlotPoint> points, string directory, string file, string yLabel,
        IReadOnlyList<(string Name, Func<PlotPoint, double> Value)> values)
    {
        using var plot = new Plot();
        foreach (var line in points.GroupBy(point => point.Line))
            foreach (var (name, value) in values)
            {
                var ordered = line.OrderBy(point => point.X).ToArray();
                // Positions are powers: each step of the axis multiplies the load, or the things.
                var scatter = plot.Add.Scatter(
                    ordered.Select(point => Math.Log2(point.X)).ToArray(), ordered.Select(value).ToArray());
                scatter.LegendText = name.Length == 0 ? line.Key : $"{line.Key}, {name}";
            }

        var ticks = points.Select(point => point.X).Distinct().Order().ToArray();
        plot.Axes.Bottom.SetTicks(ticks.Select(Math.Log2).ToArray(), [.. ticks.Select(tick => $"{tick:N0}")]);
        plot.XLabel(points[0].Plot.StartsWith("size-", StringComparison.Ordinal) ? "things" : "senders");
        plot.YLabel(yLabel);
        plot.Axes.AutoScale();
        plot.Axes.SetLimitsY(0, plot.Axes.GetLimits().Top);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SaveSvg(Path.Combine(directory, file), Width, Height);
        return file;
    }
}
