using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Load;
using Connectivity.Benchmarks.Heart.Reporting;
using Connectivity.Projections.Database;

namespace Connectivity.Benchmarks.Heart.Rows;

/// <summary>Devices at the MQTT endpoint.</summary>
public sealed class GatewayRow : IHeartRow
{
    private const double ConnectsPerSecond = 2_000;

    /// <summary>Connects that may be under way at a time.</summary>
    private const int Connectors = 200;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CommitTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public string Name => "gateway";

    public string Description =>
        "Devices connect at 2,000 a second, until their events are committed; all lose their connection at once, until "
        + "that is committed; and the memory of a host with idle devices. Floor: the memory of the host without "
        + "devices.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        var (many, few) = (context.Options.Devices, context.Options.IdleDevices);
        await using var stage = await context.OpenAsync(
            Math.Max(context.Options.Things, Math.Max(many, few)), settings:
            [
                "--Connectivity:AllowAnonymous=true", "--Connectivity:Mqtt:MaximumAcceptsPerSecond=20000",
            ]);
        await LoseAsync(stage, (await ConnectAsync(stage, Connectors)).Devices);
        var before = stage.Host.ResidentMiB;

        var (connected, devices, committed) = await ConnectAsync(stage, many);
        var lost = await LoseAsync(stage, devices);
        var (_, idle, _) = await ConnectAsync(stage, few);
        await Task.Delay(Settling);
        var memory = stage.Host.ResidentMiB;
        await LoseAsync(stage, idle);
        return new RowFindings(
            [connected],
            [
                // The first of the devices begin at once, and the last commit ends after the last connect.
                Figure.Least(
                    "connects committed", devices.Count / committed.TotalSeconds, "/s", 0.95 * ConnectsPerSecond),
                Figure.Only("connects refused", connected.Refused, ""),
                Figure.Most($"loss of {devices.Count} committed", lost.TotalSeconds, "s", 3),
                Figure.Most($"memory with {idle.Count} idle devices", memory, "MiB", 1024),
                Figure.Only("floor: memory without devices", before, "MiB"),
                Figure.Only("memory of a device", (memory - before) * 1024 / idle.Count, "KiB"),
            ]);
    }

    /// <summary>Connects devices at the rate; returns when their events are committed, and after how long.</summary>
    private static async Task<(Series Series, IReadOnlyCollection<Device> Devices, TimeSpan Committed)> ConnectAsync(
        HeartStage stage, int count)
    {
        var before = await EventsAsync(stage);
        var devices = new ConcurrentBag<Device>();
        using var all = new CancellationTokenSource();
        var next = -1;
        Operation connect = async () =>
        {
            var number = Interlocked.Increment(ref next);
            if (number >= count - 1) all.Cancel();
            if (number >= count) return default;
            try
            {
                devices.Add(await Device.ConnectAsync("127.0.0.1", stage.Host.MqttPort, Fleet.Name(number)));
                return new Progress(1, 0);
            }
            catch (Exception refused) when (refused is IOException or SocketException)
            {
                return new Progress(0, 1);
            }
        };
        var clock = Stopwatch.StartNew();
        var totals = new SeriesTotals("connects", "connect");
        totals.Add(
            await LoadRun.PacedAsync(
                [.. Enumerable.Repeat(connect, Connectors)], ConnectsPerSecond, ConnectTimeout, all.Token),
            default);
        await UntilCommittedAsync(stage, before + devices.Count);
        return (totals.ToSeries(), devices, clock.Elapsed);
    }

    /// <summary>Ends all connections at once; returns after how long that is committed.</summary>
    private static async Task<TimeSpan> LoseAsync(HeartStage stage, IReadOnlyCollection<Device> devices)
    {
        var before = await EventsAsync(stage);
        var clock = Stopwatch.StartNew();
        foreach (var device in devices) device.Dispose();
        await UntilCommittedAsync(stage, before + devices.Count);
        return clock.Elapsed;
    }

    private static async Task UntilCommittedAsync(HeartStage stage, long events)
    {
        for (var clock = Stopwatch.StartNew(); await EventsAsync(stage) < events; await Task.Delay(RetryDelay))
            if (clock.Elapsed > CommitTimeout) throw new TimeoutException("Events of devices were not committed.");
    }

    private static Task<long> EventsAsync(HeartStage stage) =>
        Sql.ScalarAsync<long>(stage.ConnectionString, $"select sum(version)::bigint from {ConnectivitySchema.Streams}");
}
