using System.Diagnostics;
using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Projections.Database;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>Records are rebuilt while events come in.</summary>
public sealed class RebuildRow : IHeartRow
{
    private const int Things = 1_000;
    private const int Neighbours = 4;
    private const double EventsPerSecond = 100;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    public string Name => "rebuild";

    public string Description =>
        "Rebuilding all records where one thing has a very long stream, while things that are rebuilt together with it "
        + "ingest 100 events a second, one a request. Their floor is their own latency before.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        var events = context.Options.StreamEvents;
        await using var stage = await context.OpenAsync(Things);
        await LengthenAsync(stage, events);
        Operation[] neighbours =
        [
            .. Enumerable.Range(1, Neighbours).Select<int, Operation>(thing => new EventSender(
                stage.Host.Address, stage.Keys, stage.Fleet, batch: 1, thing, onlyThing: thing).SendAsync),
        ];
        var (calm, during) = (new SeriesTotals("events before", "event"), new SeriesTotals("events during", "event"));
        calm.Add(await LoadRun.PacedAsync(neighbours, EventsPerSecond, Before), default);

        using var ended = new CancellationTokenSource();
        var load = LoadRun.PacedAsync(neighbours, EventsPerSecond, TimeSpan.FromHours(1), ended.Token);
        var (idle, greatest) = (stage.Host.ResidentMiB, 0.0);
        var clock = Stopwatch.StartNew();
        var rebuild = stage.Host.RebuildAsync();
        while (!rebuild.IsCompleted)
        {
            greatest = Math.Max(greatest, stage.Host.ResidentMiB);
            await Task.WhenAny(rebuild, Task.Delay(Interval));
        }

        var rebuilt = clock.Elapsed;
        await ended.CancelAsync();
        during.Add(await load, default);
        await rebuild;
        var series = during.ToSeries();
        return new RowFindings(
            [calm.ToSeries(), series],
            [
                Figure.Most("events of other things refused", series.Refused, "", 0),
                Figure.Most("slowest event of another thing", series.Maximum, "ms", 1_000),
                Figure.Only($"{events:N0} events rebuilt after", rebuilt.TotalSeconds, "s"),
                Figure.Most("growth of memory", greatest - idle, "MiB", 200),
            ]);
    }

    /// <summary>Copies the event of the first thing, with new ids and numbers, until its stream has so many.</summary>
    private static async Task LengthenAsync(HeartStage stage, int events)
    {
        var partition = (await Sql.ColumnAsync(
            stage.ConnectionString,
            $"""
            select nspname || '.' || relname from pg_partition_tree('{ConnectivitySchema.Events}')
            join pg_class as c on c.oid = relid join pg_namespace as n on n.oid = relnamespace where isleaf
            """))[0];
        var sequence = partition.Replace(ConnectivitySchema.Events, ConnectivitySchema.EventsSequence);
        var thingId = Fleet.ThingId(0);
        await Sql.ExecuteAsync(
            stage.ConnectionString,
            $"""
            insert into {partition}
            select (jsonb_populate_record(e, jsonb_build_object(
                'seq_id', nextval('{sequence}'), 'id', gen_random_uuid(), 'version', number))).*
            from {partition} as e, generate_series(2, {events}) as number where stream_id = '{thingId}';
            update {ConnectivitySchema.Streams} set version = {events} where id = '{thingId}';
            """);
    }
}
