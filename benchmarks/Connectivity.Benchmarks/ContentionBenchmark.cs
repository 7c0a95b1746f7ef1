using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Connectivity.Benchmarks;

/// <summary>
/// Events acknowledged per second as more and more writers send events of one hot thing through two hosts, one event
/// per request; in comparison with the same writers with one thing each, and with plain SQL on one row, whose writers
/// wait for each other in the same way.
/// </summary>
public static class ContentionBenchmark
{
    /// <summary>Of the floor, one for each writer; the server allows 100, and the hosts use some.</summary>
    private const int MaximumConnections = 64;

    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);
    private static readonly int[] Writers = [1, 4, 16, 64, 256];

    public static async Task RunAsync()
    {
        await using var first = await BenchmarkHost.StartAsync();
        await using var second = await first.JoinAsync();
        await first.CallAsync("/indexing/config", new
        {
            thingIndexingConfiguration = new
            {
                thingIndexingMode = "REGISTRY",
                thingConnectivityIndexingMode = "STATUS",
            },
        });
        await PlainSqlFloor.CreateTablesAsync(first.ConnectionString);
        foreach (var name in Enumerable.Range(0, Writers[^1]).Select(Own).Append("hot"))
            await first.CallAsync($"/things/{name}", new { });
        await MeasureAsync(16, _ => "hot");

        Console.WriteLine("| writers | plain SQL, one row | one hot thing | refused | a thing for each | refused |");
        Console.WriteLine("|--:|--:|--:|--:|--:|--:|");
        foreach (var writers in Writers)
        {
            var floor = await CountAsync(Math.Min(writers, MaximumConnections), async (_, elapsed) =>
                (await PlainSqlFloor.WriteHotRowAsync(first.ConnectionString, () => elapsed.Elapsed < Measured), 0));
            var hot = await MeasureAsync(writers, _ => "hot");
            var own = await MeasureAsync(writers, Own);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {writers} | {floor.Done:0}/s | {hot.Done:0}/s | {hot.Refused} | {own.Done:0}/s | {own.Refused} |"));
        }

        Task<(double Done, int Refused)> MeasureAsync(int writers, Func<int, string> thing) =>
            CountAsync(
                writers,
                (writer, elapsed) => SendAsync((writer % 2 == 0 ? first : second).Http, thing(writer), elapsed));
    }

    private static string Own(int writer) => $"own-{writer}";

    private static async Task<(double Done, int Refused)> CountAsync(
        int writers, Func<int, Stopwatch, Task<(int Done, int Refused)>> write)
    {
        var elapsed = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => write(writer, elapsed)));
        return (counts.Sum(count => count.Done) / elapsed.Elapsed.TotalSeconds, counts.Sum(count => count.Refused));
    }

    private static async Task<(int Done, int Refused)> SendAsync(HttpClient http, string thing, Stopwatch elapsed)
    {
        var (done, refused) = (0, 0);
        var session = Guid.NewGuid().ToString();
        for (var version = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(); elapsed.Elapsed < Measured; version++)
        {
            using var response = await http.PostAsJsonAsync("/v1/lifecycle-events", new
            {
                clientId = thing,
                eventType = "connected",
                timestamp = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                sessionIdentifier = session,
                versionNumber = version,
            });
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                refused++;
                continue;
            }

            response.EnsureSuccessStatusCode();
            done++;
        }

        return (done, refused);
    }
}
