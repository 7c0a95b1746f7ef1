using System.Diagnostics;
using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Projections.Database;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>Indexing is turned off.</summary>
public sealed class PurgeRow : IHeartRow
{
    private const int ThingsOfOther = 100;
    private const int EventsOfOtherPerSecond = 100;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan After = TimeSpan.FromSeconds(40);

    public string Name => "purge";

    public string Description =>
        "Turning indexing off with many things and events: until queries answer that the index is not ready, and until "
        + "the disk is given back. In the meantime another account ingests 100 events a second, one a request; its floor is "
        + "its own latency before.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(
            context.Options.QueryThings, events: context.Options.EventsOfThing);
        var others = await OtherAccountAsync(stage);
        var calm = new SeriesTotals("events of another account, before", "event");
        calm.Add(await LoadRun.PacedAsync(others, EventsOfOtherPerSecond, Before), default);
        var size = await SizeAsync(stage);
        var events = await Sql.ScalarAsync<long>(
            stage.ConnectionString, $"select count(*) from {ConnectivitySchema.Events}");

        var disturbed = LoadRun.PacedAsync(others, EventsOfOtherPerSecond, After);
        using var api = new HostApi(stage.Host.Address, stage.Keys[0]);
        var clock = Stopwatch.StartNew();
        await api.TurnIndexingAsync(on: false);
        var answered = clock.Elapsed;
        while (await api.QueryStatusAsync(Fleet.Name(0)) == 200) await Task.Delay(1);
        var notReady = clock.Elapsed;
        while (await SizeAsync(stage) > size / 10 && clock.Elapsed < After) await Task.Delay(50);
        var given = clock.Elapsed;

        var during = new SeriesTotals("events of another account, during and after", "event");
        during.Add(await disturbed, default);
        return new RowFindings(
            [calm.ToSeries(), during.ToSeries()],
            [
                Figure.Most("queries answer not-ready", notReady.TotalMilliseconds, "ms", 100),
                Figure.Only("of this, the answer to the change", answered.TotalMilliseconds, "ms"),
                Figure.Most("disk given back", given.TotalSeconds, "s", 30),
                Figure.Only("size of events, streams and records", size / (1024.0 * 1024), "MiB"),
                Figure.Only("events", events, ""),
                Figure.Only("slowest event of another account, before", calm.ToSeries().Maximum, "ms"),
                Figure.Only("slowest event of another account, during", during.ToSeries().Maximum, "ms"),
            ]);
    }

    private static async Task<Operation[]> OtherAccountAsync(HeartStage stage)
    {
        var keys = await stage.Host.CreateAccountsAsync(1);
        using var api = new HostApi(stage.Host.Address, keys[0]);
        await api.TurnIndexingAsync(on: true);
        for (var thing = 0; thing < ThingsOfOther; thing++) await api.CreateThingAsync(Fleet.Name(thing));
        var fleet = new Fleet(ThingsOfOther, accounts: 1);
        return
        [
            .. Enumerable.Range(0, 4).Select<int, Operation>(
                seed => new EventSender(stage.Host.Address, keys, fleet, batch: 1, seed).SendAsync),
        ];
    }

    /// <summary>Bytes of all generations.</summary>
    private static Task<long> SizeAsync(HeartStage stage) => Sql.ScalarAsync<long>(
        stage.ConnectionString,
        $"""
        select coalesce(sum(pg_total_relation_size(relid)), 0)::bigint
        from unnest(array['{ConnectivitySchema.Events}', '{ConnectivitySchema.Streams}',
            '{ConnectivitySchema.Records}']::regclass[]) as t, pg_partition_tree(t) where isleaf
        """);
}
