using System.Diagnostics;
using Connectivity.Aws.SigV4;
using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>The whole log of an account is replayed over HTTP while events come in.</summary>
public sealed class ChangesRow : IHeartRow
{
    private const string Target = "/v1/changes?after=start";
    private const int Rounds = 3;
    private const double EventsPerSecond = 1_000;
    private const int Senders = 4;
    private const int Batch = 50;

    public string Name => "changes";

    public string Description =>
        "Replaying the log of an account as NDJSON over HTTP while 1,000 events a second come in. The floor is COPY of the "
        + "same events' stored JSON to standard output, in the same order, at the same load; both are measured in turn, and "
        + "the fastest counts.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(ExportRow.Things, events: ExportRow.EventsOfThing);
        await using var store = new TransferStore(stage.ConnectionString);
        var generation = await store.GenerationAsync(new Account(stage.Keys[0].AccountId, DataSet.Region));
        var events = generation.Partition(ConnectivitySchema.Events);
        using var ended = new CancellationTokenSource();
        var load = LoadRun.PacedAsync(
            stage.EventSenders(Senders, Batch), EventsPerSecond / Batch, TimeSpan.FromHours(1), ended.Token);
        var (ours, floor) = (0.0, 0.0);
        for (var round = 0; round < Rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            var lines = await ReplayAsync(stage.Host.Address, stage.Keys[0]);
            ours = Math.Max(ours, lines / clock.Elapsed.TotalSeconds);
            clock.Restart();
            var rows = await CopyAsync(stage.ConnectionString, events);
            floor = Math.Max(floor, rows / clock.Elapsed.TotalSeconds);
        }

        await ended.CancelAsync();
        await load;
        return new RowFindings(
            [],
            [
                Figure.Least("events replayed", ours, "/s", 100_000),
                Figure.Only("events by COPY of their JSON", floor, "/s"),
                Figure.Least("ratio", ours / floor, "", 0.3),
            ]);
    }

    /// <summary>Returns the number of lines.</summary>
    private static async Task<long> ReplayAsync(Uri address, AccountKey key)
    {
        var head = new RequestHead("GET", Target);
        head.Add("host", address.Authority);
        key.Signer().Sign(head, DateTimeOffset.UtcNow, []);
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Get, Target);
        foreach (var (name, value) in head.Headers) request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        return await CountAsync(body);
    }

    private static async Task<long> CopyAsync(string connectionString, string events)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var rows = await connection.BeginRawBinaryCopyAsync(
            $"copy (select data from {events} order by seq_id) to stdout (format binary)");
        await rows.CopyToAsync(Stream.Null);
        return await Sql.ScalarAsync<long>(connectionString, $"select count(*) from {events}");
    }

    private static async Task<long> CountAsync(Stream lines)
    {
        var buffer = new byte[1 << 16];
        var count = 0L;
        while (await lines.ReadAsync(buffer) is > 0 and var read) count += buffer.AsSpan(0, read).Count((byte)'\n');
        return count;
    }
}
