using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>Throughput and latency over the load.</summary>
public sealed class LoadRow : IHeartRow
{
    public string Name => "load";

    public string Description =>
        "Throughput and latency over the number of senders, which each wait for their answer. Floor: a constant on as "
        + "many connections, for queries.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.Things);
        var sweep = new Sweep(context, stage);
        foreach (var senders in (int[])[1, 2, 4, 8, 16])
            sweep.Add("load-ingest-batches", "POST of 500", "event", senders, stage.EventSenders(senders, 500));
        foreach (var senders in (int[])[1, 4, 16, 64, 256])
            sweep.Add("load-ingest-single", "POST of one", "event", senders, stage.EventSenders(senders, 1));
        foreach (var connections in (int[])[1, 4, 16, 64, 128])
        {
            sweep.Add("load-query", "query", "request", connections, stage.QuerySenders(connections));
            sweep.Add("load-query", "constant", "request", connections, stage.ConstantSenders(connections));
        }

        await sweep.RunAsync();
        return new RowFindings(sweep.Series(), [], sweep.Points());
    }
}

/// <summary>Throughput, latency and cost over the number of things.</summary>
public sealed class DataSizeRow : IHeartRow
{
    public string Name => "data-size";

    public string Description =>
        "Requests of 500 events from 4 senders, and queries on 32 connections, with ten times as many things each "
        + "time: the cost of an operation should stay the same. Floor: the smallest data set.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        var (series, points) = (new List<Series>(), new List<PlotPoint>());
        for (var things = 10_000; things <= context.Options.QueryThings; things *= 10)
        {
            await using var stage = await context.OpenAsync(things);
            var sweep = new Sweep(context, stage);
            sweep.Add(
                "size-ingest", "POST of 500", "event", things,
                stage.EventSenders(IngestBatchesRow.Senders, IngestBatchesRow.Batch));
            sweep.Add("size-query", "query", "request", things, stage.QuerySenders(QueryRow.Connections));
            await sweep.RunAsync();
            series.AddRange(sweep.Series());
            points.AddRange(sweep.Points());
        }

        return new RowFindings(series, [.. Figures(series, "event"), .. Figures(series, "request")], points);
    }

    private static IEnumerable<Figure> Figures(IEnumerable<Series> series, string operation)
    {
        var sizes = series.Where(each => each.Operation == operation).ToList();
        yield return Figure.Only(
            $"processor time of {(operation == "event" ? "an event" : "a query")}, most things to fewest",
            Cost(sizes[^1]) / Cost(sizes[0]), "");
    }

    private static double Cost(Series series) => series.HostMicroseconds + series.DatabaseMicroseconds;
}

/// <summary>Kinds of work that are points of plots.</summary>
public sealed class Sweep(HeartContext context, HeartStage stage)
{
    private readonly Alternation _alternation = new(context.Options, stage.Server.ProcessId, stage.Hosts);
    private readonly List<(string Plot, string Line, double X, SeriesTotals Totals)> _all = [];

    public void Add(
        string plot, string line, string operation, double x, IReadOnlyList<Operation> senders) =>
        _all.Add((
            plot, line, x,
            _alternation.Add($"{line}, {x:0}", operation, duration => LoadRun.ClosedAsync(senders, duration))));

    public Task RunAsync() => _alternation.RunAsync();

    public IReadOnlyList<Series> Series() => [.. _all.Select(each => each.Totals.ToSeries())];

    public IReadOnlyList<PlotPoint> Points() =>
    [
        .. _all.Select(each => (each, Series: each.Totals.ToSeries())).Select(point => new PlotPoint(
            point.each.Plot, point.each.Line, point.each.X, point.Series.PerSecond, point.Series.P50, point.Series.P99,
            point.Series.P999)),
    ];
}
