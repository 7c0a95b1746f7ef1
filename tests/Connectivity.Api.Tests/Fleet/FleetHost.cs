using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Fleet;

/// <summary>A host with a small fleet and its history.</summary>
public sealed class FleetHost : IAsyncLifetime
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private ApiHost? _host;

    public ApiHost Host => _host!;

    public static DateTimeOffset At(double minutes) => Noon.AddMinutes(minutes);

    public async ValueTask InitializeAsync()
    {
        _host = await ApiHost.StartIndexingAsync();
        foreach (var name in new[] { "alarm-1", "door-1", "lamp-1", "lamp-2", "lamp-3", "pump-1" })
            await _host.CreateThingAsync(name);
        // Out of order.
        await _host.ImportAsync(Event.Connected("lamp-3", 1, At(25)), Event.Disconnected("lamp-1", 1, At(11)));
        await _host.ImportAsync(
            Event.Connected("lamp-1", 1, At(1)), Event.Connected("lamp-2", 1, At(2)),
            Event.Disconnected("lamp-2", 1, At(21)), Event.Connected("pump-1", 1, At(0.5)),
            Event.Connected("door-1", 1, At(0)),
            Event.Disconnected("pump-1", 1, At(24.5), "MQTT_KEEP_ALIVE_TIMEOUT"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
    }
}

internal static class CountAssertions
{
    /// <param name="things">0 where the time is before they were registered.</param>
    public static void ShouldCount(
        this JsonElement answer, long things, long connected, long never,
        params (string Reason, long Number)[] reasons)
    {
        (Number("things"), Number("connected"), Number("neverConnected")).ShouldBe((things, connected, never));
        Number("disconnected").ShouldBe(reasons.Sum(reason => reason.Number));
        answer.GetProperty("disconnectReasons").EnumerateObject()
            .Select(reason => (reason.Name, reason.Value.GetInt64())).ShouldBe(reasons);

        long Number(string name) => answer.GetProperty(name).GetInt64();
    }
}
