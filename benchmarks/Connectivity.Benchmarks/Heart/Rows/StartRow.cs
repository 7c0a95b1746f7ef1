using Connectivity.Benchmarks.Heart.Reporting;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>The start of a host.</summary>
public sealed class StartRow : IHeartRow
{
    private const int Starts = 5;

    public string Name => "start";

    public string Description =>
        "From the start of a host's process to its first answer that it is ready, with many things, after a first "
        + "start that is not counted. Floor: the same with 1,000 things.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        // Opening a stage starts a host already: the file system's cache is warm.
        await using var full = await context.OpenAsync(context.Options.QueryThings);
        await using var small = await context.OpenAsync(things: 1_000);
        var (ours, floor) = (new List<double>(), new List<double>());
        for (var i = 0; i < Starts; i++)
        {
            floor.Add((await small.AddHostAsync()).ReadyAfter.TotalSeconds);
            ours.Add((await full.AddHostAsync()).ReadyAfter.TotalSeconds);
        }

        return new RowFindings(
            [],
            [
                Figure.Most("ready, median", Median(ours), "s", 3),
                Figure.Only("ready, slowest", ours.Max(), "s"),
                Figure.Only("floor: ready, median", Median(floor), "s"),
                Figure.Only("ratio to the floor", Median(ours) / Median(floor), ""),
            ]);
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Starts / 2);
}
