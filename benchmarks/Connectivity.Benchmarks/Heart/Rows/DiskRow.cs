using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Floors;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Projections.Database;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>The disk that events take.</summary>
public sealed class DiskRow : IHeartRow
{
    public string Name => "disk";

    public string Description =>
        "Bytes of an event on disk, indexes included, with a principal of 64 characters: the growth of the table of "
        + "events while events come in over HTTP. Floor: the growth of the floor's table, whose rows have the same "
        + "body.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.Things);
        await using var floor = await IngestFloor.CreateAsync(stage);
        var alternation = new Alternation(context.Options, stage.Server.ProcessId, stage.Hosts);
        await floor.AddToAsync(alternation, writers: 2, IngestBatchesRow.Batch);
        var senders = stage.EventSenders(IngestBatchesRow.Senders, IngestBatchesRow.Batch);
        alternation.Add("POST of 500, 4 senders", "event", d => LoadRun.ClosedAsync(senders, d));
        var before = await ReadAsync(stage);
        await alternation.RunAsync();
        var grown = await ReadAsync(stage) - before;
        return new RowFindings(
            [],
            [
                Figure.Most("bytes an event", grown.Ours / grown.OurEvents, "B", 650),
                Figure.Only("of these, indexes", grown.OurIndexes / grown.OurEvents, "B"),
                Figure.Only("events", grown.OurEvents, ""),
                Figure.Only("floor: bytes an event", grown.Floor / grown.FloorEvents, "B"),
                Figure.Only(
                    "ratio to the floor", grown.Ours / grown.OurEvents / (grown.Floor / grown.FloorEvents), ""),
            ]);
    }

    private static async Task<Sizes> ReadAsync(HeartStage stage)
    {
        const string Partitions = $"pg_partition_tree('{ConnectivitySchema.Events}') where isleaf";
        return new Sizes(
            await NumberAsync($"select sum(pg_total_relation_size(relid)) from {Partitions}"),
            await NumberAsync($"select sum(pg_indexes_size(relid)) from {Partitions}"),
            await NumberAsync($"select count(*) from {ConnectivitySchema.Events}"),
            await NumberAsync($"select pg_total_relation_size('{FloorTables.Events}')"),
            await NumberAsync($"select count(*) from {FloorTables.Events}"));

        async Task<double> NumberAsync(string sql) =>
            await Sql.ScalarAsync<double>(stage.ConnectionString, $"select ({sql})::float8");
    }

    private readonly record struct Sizes(
        double Ours, double OurIndexes, double OurEvents, double Floor, double FloorEvents)
    {
        public static Sizes operator -(Sizes a, Sizes b) => new(
            a.Ours - b.Ours, a.OurIndexes - b.OurIndexes, a.OurEvents - b.OurEvents, a.Floor - b.Floor,
            a.FloorEvents - b.FloorEvents);
    }
}
