using System.Diagnostics;
using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Connectivity.Projections.History;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>All streams of an account are exported.</summary>
public sealed class ExportRow : IHeartRow
{
    internal const int Things = 2_000;
    internal const int EventsOfThing = 100;
    private const int Rounds = 3;

    public string Name => "export";

    public string Description =>
        "Exporting all streams of an account with addresses. The floor is COPY of the same events' stored JSON to standard "
        + "output, in the same order; both are measured in turn, and the fastest counts.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(Things, events: EventsOfThing);
        await using var store = new TransferStore(stage.ConnectionString);
        var account = new Account(stage.Keys[0].AccountId, DataSet.Region);
        var events = (await store.GenerationAsync(account)).Partition(ConnectivitySchema.Events);
        var (ours, floor, count) = (TimeSpan.MaxValue, TimeSpan.MaxValue, 0L);
        for (var round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            count = await store.Export.RunAsync(
                account, new ExportFilter(), includeSocketInformation: true, Stream.Null, CancellationToken.None);
            ours = Least(ours, clock.Elapsed);
            clock.Restart();
            await CopyAsync(stage.ConnectionString, events);
            floor = Least(floor, clock.Elapsed);
        }

        return new RowFindings(
            [],
            [
                Figure.Only("events exported", count / ours.TotalSeconds, "/s"),
                Figure.Only("events by COPY of their JSON", count / floor.TotalSeconds, "/s"),
                Figure.Least("ratio", floor / ours, "", 0.3),
            ]);
    }

    internal static TimeSpan Least(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static async Task CopyAsync(string connectionString, string events)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var rows = await connection.BeginRawBinaryCopyAsync(
            $"copy (select data from {events} order by stream_id, version) to stdout (format binary)");
        await rows.CopyToAsync(Stream.Null);
    }
}
