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

    private static readonly TimeSpan CommitTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(10);

    public string Name => "gateway";

    public string Description =>
        "Devices connect at 2,000 a second, until their events are committed; all lose their connection at once, until "
        + "that is committed; and the memory of a host with idle devices. Floor: the memory of the host without devices.";

    public async Task<RowFindings> MeasureAsync(HeartContext context)
    {
        await using var stage = await context.OpenAsync(
            Math.Max(context.Options.Things, context.Options.IdleDevices), settings:
            [
                "--Connectivity:AllowAnonymous=true", "--Connectivity:Mqtt:MaximumAcceptsPerSecond=20000",
            ]);
        var before = stage.Host.ResidentMiB;
        var drawn = await DrawnAsync(stage);
        var clock = Stopwatch.StartNew();
        var (connected, devices) = await ConnectAsync(stage, context.Options.Devices, ConnectsPerSecond);
        var accepted = clock.Elapsed;
        await UntilDrawnAsync(stage, drawn + devices.Count);
        var committed = clock.Elapsed;

        clock.Restart();
        foreach (var device in devices) device.Dispose();
        await UntilDrawnAsync(stage, drawn + 2L * devices.Count);
        var lost = clock.Elapsed;

        var (_, idle) = await ConnectAsync(stage, context.Options.IdleDevices, ConnectsPerSecond);
        await UntilDrawnAsync(stage, drawn + 2L * devices.Count + idle.Count);
        await Task.Delay(Settling);
        var memory = stage.Host.ResidentMiB;
        foreach (var device in idle) device.Dispose();
        await UntilDrawnAsync(stage, drawn + 2L * devices.Count + 2L * idle.Count);
        return new RowFindings(
            [connected.ToSeries()],
            [
                Figure.Least("connects committed", devices.Count / committed.TotalSeconds, "/s", 2_000 * 0.95),
                Figure.Only("the last commit after the last connect", (committed - accepted).TotalSeconds, "s"),
                Figure.Most($"loss of {devices.Count} committed", lost.TotalSeconds, "s", 3),
                Figure.Most($"memory with {idle.Count} idle devices", memory, "MiB", 1024),
                Figure.Only("floor: memory without devices", before, "MiB"),
                Figure.Only("memory of a device", (memory - before) * 1024 / idle.Count, "KiB"),
            ]);
    }

    private static async Task<(SeriesTotals Totals, IReadOnlyCollection<Device> Devices)> ConnectAsync(
        HeartStage stage, int count, double perSecond)
    {
        var devices = new ConcurrentBag<Device>();
        var next = -1;
        Func<ValueTask<Progress>> connect = async () =>
        {
            var number = Interlocked.Increment(ref next);
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
        var totals = new SeriesTotals("connects", "connect");
        var result = await LoadRun.PacedAsync(
            [.. Enumerable.Repeat(connect, Connectors)], perSecond, TimeSpan.FromSeconds(count / perSecond));
        totals.Add(result, default);
        return (totals, devices);
    }

    /// <summary>Numbers that were drawn for events; each is committed within milliseconds.</summary>
    private static Task<long> DrawnAsync(HeartStage stage) => Sql.ScalarAsync<long>(
        stage.ConnectionString,
        $"""
        select sum(last_value)::bigint from pg_sequences
        where schemaname || '.' || sequencename like '{ConnectivitySchema.EventsSequence}\_g%'
        """);

    private static async Task UntilDrawnAsync(HeartStage stage, long number)
    {
        for (var clock = Stopwatch.StartNew(); await DrawnAsync(stage) < number; await Task.Delay(20))
            if (clock.Elapsed > CommitTimeout)
                throw new TimeoutException($"Events are missing: {number - await DrawnAsync(stage)}.");
    }
}
