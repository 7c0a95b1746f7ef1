using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>Queries alone.</summary>
public sealed class QueryRow : IHeartRow
{
    public const int Connections = 32;

    public string Name => "query";

    public string Description =>
        "Signed GetThingConnectivityData of random things on 32 connections, as fast as they are answered, and at half "
        + "that rate. Floor: the same host answers requests that are signed and authorized likewise with a constant.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.QueryThings);
        var (queries, constants) = (stage.QuerySenders(Connections), stage.ConstantSenders(Connections));
        var full = new Alternation(context.Options, stage.Server.ProcessId, stage.Hosts);
        var floor = full.Add("constant", "request", d => LoadRun.ClosedAsync(constants, d));
        var ours = full.Add("query", "request", d => LoadRun.ClosedAsync(queries, d));
        await full.RunAsync();

        var rate = ours.PerSecond / 2;
        var half = new Alternation(context.Options, stage.Server.ProcessId, stage.Hosts);
        var floorAtHalf = half.Add(
            "constant at half the queries' load", "request", d => LoadRun.PacedAsync(constants, rate, d));
        var oursAtHalf = half.Add("query at half its load", "request", d => LoadRun.PacedAsync(queries, rate, d));
        await half.RunAsync();
        return new RowFindings(
            [floor.ToSeries(), ours.ToSeries(), floorAtHalf.ToSeries(), oursAtHalf.ToSeries()],
            [
                Figure.Least("ratio to the floor", ours.PerSecond / floor.PerSecond, "", 0.6),
                Figure.Most("p99 at half load", oursAtHalf.ToSeries().P99, "ms", 5),
            ]);
    }
}

/// <summary>Queries while events come in.</summary>
public sealed class QueryUnderIngestRow : IHeartRow
{
    private const int Batch = 50;
    private const double EventsPerSecond = 5_000;

    public string Name => "query-under-ingest";

    public string Description =>
        "Queries at a fixed rate while 5,000 events a second come in, in requests of 50 events from 4 senders. Floor: "
        + "the same queries without the events.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.QueryThings);
        var queries = stage.QuerySenders(QueryRow.Connections);
        var events = stage.EventSenders(IngestBatchesRow.Senders, Batch);
        var ingest = new SeriesTotals("events beside the queries", "event");
        var alternation = new Alternation(context.Options, stage.Server.ProcessId, stage.Hosts);
        var floor = alternation.Add(
            "query alone", "request", d => LoadRun.PacedAsync(queries, context.Options.QueryRate, d));
        var ours = alternation.Add("query while events come in", "request", async duration =>
        {
            var ingesting = LoadRun.PacedAsync(events, EventsPerSecond / Batch, duration);
            var result = await LoadRun.PacedAsync(queries, context.Options.QueryRate, duration);
            ingest.Add(await ingesting, default);
            return result;
        });
        await alternation.RunAsync();
        var series = ours.ToSeries();
        return new RowFindings(
            [floor.ToSeries(), series, ingest.ToSeries()],
            [
                Figure.Most("p99.9", series.P999, "ms", 50),
                Figure.Only("ratio of p99.9 to queries alone", series.P999 / floor.ToSeries().P999, ""),
                Figure.Least("events beside the queries", ingest.PerSecond, "/s", 0.95 * EventsPerSecond),
            ]);
    }
}
