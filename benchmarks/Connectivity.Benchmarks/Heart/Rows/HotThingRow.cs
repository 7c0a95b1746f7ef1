using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>All events are of one thing.</summary>
public sealed class HotThingRow : IHeartRow
{
    private const int Writers = 256;

    /// <summary>Of the floor: the server allows 200, and the hosts use some.</summary>
    private const int FloorWriters = 64;

    public string Name => "hot-thing";

    public string Description =>
        "Signed requests of one event of one thing from 256 senders through two hosts, relative to one sender. Floor: "
        + "plain SQL that inserts an event and updates one row, on 64 connections.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(context.Options.Things);
        await stage.AddHostAsync();
        await PlainSqlFloor.CreateTablesAsync(stage.ConnectionString);
        var alternation = new Alternation(context.Options, stage.Server.ProcessId, stage.Hosts);
        await using var floor = NpgsqlDataSource.Create(stage.ConnectionString);
        var plainSenders = await FloorSendersAsync(floor);
        var plain = alternation.Add(
            $"plain SQL, one row, {FloorWriters} writers", "event", d => LoadRun.ClosedAsync(plainSenders, d));
        var alone = Senders(stage, 1);
        var one = alternation.Add("one writer", "event", d => LoadRun.ClosedAsync(alone, d));
        SeriesTotals[] shares = [new("first host's share", "event"), new("second host's share", "event")];
        var crowd = Senders(stage, Writers);
        Operation[][] halves =
            [[.. crowd.Where((_, i) => i % 2 == 0)], [.. crowd.Where((_, i) => i % 2 == 1)]];
        var ours = alternation.Add($"{Writers} writers, two hosts", "event", async duration =>
        {
            var results = await Task.WhenAll(halves.Select(half => LoadRun.ClosedAsync(half, duration)));
            for (var i = 0; i < results.Length; i++) shares[i].Add(results[i], default);
            var all = LoadRun.NewHistogram();
            foreach (var result in results) all.Add(result.Microseconds);
            return new LoadResult(
                results.Sum(result => result.Done), results.Sum(result => result.Refused),
                results.Max(result => result.Elapsed), all);
        });
        await alternation.RunAsync();
        var series = ours.ToSeries();
        return new RowFindings(
            [plain.ToSeries(), one.ToSeries(), series, .. shares.Select(share => share.ToSeries())],
            [
                Figure.Least("events", ours.PerSecond, "/s", 2_000),
                Figure.Least("ratio to one writer", ours.PerSecond / one.PerSecond, "", 3),
                Figure.Least(
                    "share of the host with less",
                    shares.Min(share => share.PerSecond) / shares.Sum(share => share.PerSecond), "", 0.25),
                Figure.Most("p99", series.P99, "ms", 500),
                Figure.Only("ratio to the floor", ours.PerSecond / plain.PerSecond, ""),
            ]);
    }

    private static async Task<Operation[]> FloorSendersAsync(NpgsqlDataSource dataSource)
    {
        var senders = new Operation[FloorWriters];
        for (var i = 0; i < FloorWriters; i++)
        {
            // Ends with the database, which is dropped.
            var connection = await dataSource.OpenConnectionAsync();
            senders[i] = async () =>
            {
                await PlainSqlFloor.WriteHotRowAsync(connection);
                return new Progress(1, 0);
            };
        }

        return senders;
    }

    /// <summary>Every second sender uses the second host.</summary>
    private static Operation[] Senders(HeartStage stage, int count) =>
    [
        .. Enumerable.Range(0, count).Select<int, Operation>(seed => new EventSender(
            stage.Hosts[seed % stage.Hosts.Count].Address, stage.Keys, stage.Fleet, 1, seed, onlyThing: 0).SendAsync),
    ];
}
