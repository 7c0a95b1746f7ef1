using System.Text;
using System.Text.Json;
using Connectivity.Benchmarks.Heart.Load;
using HdrHistogram;
using MQTTnet;

namespace Connectivity.Benchmarks;

/// <summary>
/// The time from the gateway's decision that a device is connected, or no longer is, to the arrival of the first
/// response of GetThingConnectivityData that shows it. The decision is the event's own time, the query is repeated
/// every 5 ms, and both times are of the same clock.
/// </summary>
public static class VisibilityBenchmark
{
    private const string Address = "127.0.0.1";

    /// <summary>Between two queries of one device; without it the queries alone would saturate the machine.</summary>
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(5);

    /// <summary>Starts a host whose indexing is on, with the tables of the floor, and warms it up.</summary>
    public static async Task<BenchmarkHost> StartAsync()
    {
        var host = await BenchmarkHost.StartAsync();
        await host.CallAsync("/indexing/config", new
        {
            thingIndexingConfiguration = new
            {
                thingIndexingMode = "REGISTRY",
                thingConnectivityIndexingMode = "STATUS",
            },
        });
        await PlainSqlFloor.CreateTablesAsync(host.ConnectionString);
        await MeasureAsync(host, "warm-up", devices: 4, changesOfEach: 20);
        return host;
    }

    /// <summary>Microseconds of the floor and of the changes of so many devices at once.</summary>
    public static async Task<(LongConcurrentHistogram Floor, LongConcurrentHistogram Visible)> MeasureWithFloorAsync(
        BenchmarkHost host, int devices, int changesOfEach)
    {
        var floor = new LongConcurrentHistogram(1, TimeSpan.FromMinutes(1).Ticks / 10, 3);
        await Task.WhenAll(Enumerable.Range(0, devices).Select(
            worker => PlainSqlFloor.MeasureAsync(host.ConnectionString, worker, changesOfEach, floor)));
        return (floor, await MeasureAsync(host, $"device-{devices}", devices, changesOfEach));
    }

    private static async Task<LongConcurrentHistogram> MeasureAsync(
        BenchmarkHost host, string name, int devices, int changesOfEach)
    {
        var microseconds = new LongConcurrentHistogram(1, TimeSpan.FromMinutes(1).Ticks / 10, 3);
        await Task.WhenAll(Enumerable.Range(0, devices).Select(
            i => ChangeAsync(host, $"{name}-{i}", changesOfEach / 2, microseconds)));
        return microseconds;
    }

    private static async Task ChangeAsync(
        BenchmarkHost host, string thing, int times, LongConcurrentHistogram microseconds)
    {
        await host.CallAsync($"/things/{thing}", new { });
        var options = new MqttClientOptionsBuilder().WithTcpServer(Address, host.MqttPort).WithClientId(thing).Build();
        using var queries = new WireConnection(host.Http.BaseAddress!);
        var query = Encoding.ASCII.GetBytes(
            $"POST /things/{thing}/connectivity-data HTTP/1.1\r\nhost: {host.Http.BaseAddress!.Authority}\r\n"
            + "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
        for (var i = 0; i < times; i++)
        {
            using var device = new MqttClientFactory().CreateMqttClient();
            var connecting = device.ConnectAsync(options);
            microseconds.RecordValue(await UntilVisibleAsync(queries, query, connected: true));
            await connecting;
            var disconnecting = device.DisconnectAsync();
            microseconds.RecordValue(await UntilVisibleAsync(queries, query, connected: false));
            await disconnecting;
        }
    }

    /// <summary>Microseconds, at least one, because event times are whole milliseconds.</summary>
    private static async Task<long> UntilVisibleAsync(WireConnection queries, byte[] query, bool connected)
    {
        while (true)
        {
            var answer = await queries.SendAsync(query);
            var arrived = DateTimeOffset.UtcNow;
            var response = JsonElement.Parse(answer.Body.Span);
            if (response.GetProperty("connected").GetBoolean() != connected)
            {
                await Task.Delay(RetryDelay);
                continue;
            }

            var decided = DateTimeOffset.FromUnixTimeMilliseconds(
                (long)(response.GetProperty("timestamp").GetDecimal() * 1000));
            return Math.Max(1, (long)(arrived - decided).TotalMicroseconds);
        }
    }
}
