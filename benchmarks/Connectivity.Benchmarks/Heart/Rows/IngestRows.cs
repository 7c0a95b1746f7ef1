using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>Many events a request.</summary>
public sealed class IngestBatchesRow : IHeartRow
{
    public const int Senders = 4;
    public const int Batch = 500;

    public string Name => "ingest-batches";

    public string Description =>
        "Signed requests of 500 events of random things from 4 senders. Floor: plain SQL by arrays, 500 events a "
        + "transaction, into tables of the same shape and content; the best of 1, 2 and 3 writers.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.Things);
        await using var floor = await IngestFloor.CreateAsync(stage);
        var alternation = new Alternation(context.Options, stage.Server.ProcessId, stage.Hosts);
        var floors = new List<SeriesTotals>();
        for (var writers = 1; writers <= 3; writers++) floors.Add(await floor.AddToAsync(alternation, writers, Batch));
        var senders = stage.EventSenders(Senders, Batch);
        var ours = alternation.Add("POST of 500, 4 senders", "event", d => LoadRun.ClosedAsync(senders, d));
        await alternation.RunAsync();
        return new RowFindings(
            [.. floors.Append(ours).Select(totals => totals.ToSeries())],
            [
                Figure.Least("events", ours.PerSecond, "/s", 12_000),
                Figure.Least("ratio to the floor", ours.PerSecond / floors.Max(each => each.PerSecond), "", 0.5),
            ]);
    }
}

/// <summary>One event a request.</summary>
public sealed class IngestSingleRow : IHeartRow
{
    private const int Senders = 64;
    private const int FloorConnections = 8;

    public string Name => "ingest-single";

    public string Description =>
        "Signed requests of one event from 64 senders, relative to requests of 500 events in the same run. Floor: "
        + "plain SQL, one event a transaction, on 8 connections.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.Things);
        await using var floor = await IngestFloor.CreateAsync(stage);
        var alternation = new Alternation(context.Options, stage.Server.ProcessId, stage.Hosts);
        var plain = await floor.AddToAsync(alternation, FloorConnections, batch: 1);
        var single = stage.EventSenders(Senders, 1);
        var ours = alternation.Add("POST of one, 64 senders", "event", d => LoadRun.ClosedAsync(single, d));
        var many = stage.EventSenders(IngestBatchesRow.Senders, IngestBatchesRow.Batch);
        var batches = alternation.Add("POST of 500, 4 senders", "event", d => LoadRun.ClosedAsync(many, d));
        await alternation.RunAsync();
        var series = ours.ToSeries();
        return new RowFindings(
            [plain.ToSeries(), series, batches.ToSeries()],
            [
                Figure.Least("events", ours.PerSecond, "/s", 5_000),
                Figure.Least("ratio to requests of 500", ours.PerSecond / batches.PerSecond, "", 0.4),
                Figure.Only("ratio to the floor", ours.PerSecond / plain.PerSecond, ""),
                Figure.Most("p99", series.P99, "ms", 50),
            ]);
    }
}
