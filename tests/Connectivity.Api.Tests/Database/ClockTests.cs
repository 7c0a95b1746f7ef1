using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet;

namespace Connectivity.Api.Tests.Database;

/// <summary>A host whose clock differs from the database's.</summary>
public sealed class ClockTests
{
    private const int ClockIsWrong = 12;
    private const int ClockIsRight = 13;

    [Theory]
    [InlineData(-180)]
    [InlineData(180)]
    public async Task A_host_whose_clock_is_wrong_is_not_ready_and_admits_no_device(int seconds)
    {
        var clock = new SkewedClock { Skew = TimeSpan.FromSeconds(seconds) };
        await using var host = await ApiHost.StartWithClockAsync(
            clock, null, "--Connectivity:SignatureWindow=01:00:00");
        host.Log.Expect(ClockIsWrong);
        host.Log.IgnoreErrorsOfLibraries();
        var name = await host.CreateThingAsync();
        (await host.GetAsync("/health/ready")).Status.ShouldBe(503);
        (await AnswerAsync(host, name)).ShouldBe(MqttClientConnectResultCode.ServerUnavailable);

        clock.Skew = TimeSpan.FromSeconds(seconds / 2);
        await Eventually.Is(
            async () => (await host.GetAsync("/health/ready")).Status == 200, because: "90 s are within the tolerance");
        (await AnswerAsync(host, name)).ShouldBe(MqttClientConnectResultCode.Success);
        host.Log.Lines.Count(line => line.Id.Id == ClockIsWrong).ShouldBe(1, "logged once when it starts");
        host.Log.Lines.Count(line => line.Id.Id == ClockIsRight).ShouldBe(1, "logged once when it ends");
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Events_of_connected_devices_are_dated_by_the_databases_clock_whatever_the_hosts_clock_shows(
        int direction)
    {
        var clock = new SkewedClock();
        await using var host = await ApiHost.StartWithClockAsync(clock, null, "--Connectivity:AllowAnonymous=true");
        host.Log.Expect(ClockIsWrong);
        host.Log.IgnoreErrorsOfLibraries();
        await host.TurnIndexingOnAsync();
        var name = await host.CreateThingAsync();
        await using var device = await Device.ConnectAsync(host, name);
        await Eventually.Is(() => host.IsConnectedAsync(name), because: "the connect is stored");

        clock.Skew = direction * TimeSpan.FromDays(400);
        await device.DisconnectAsync();
        await Eventually.Is(async () => !await host.IsConnectedAsync(name), because: "the disconnect is stored");
        await Eventually.Is(
            async () => (await host.GetAsync("/health/ready")).Status == 503, because: "the host is not ready");

        clock.Skew = TimeSpan.Zero;
        await Eventually.Is(
            async () => (await host.GetAsync("/health/ready")).Status == 200, because: "the host is ready");
        await using var again = await Device.ConnectAsync(host, name);
        await Eventually.Is(() => host.IsConnectedAsync(name), because: "no record is stuck in the future");
        foreach (var e in await host.EventsAsync(name))
            (DateTimeOffset.UtcNow - e.GetProperty("occurredAt").GetDateTimeOffset())
                .ShouldBeInRange(TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(2));
    }

    private static async Task<MqttClientConnectResultCode> AnswerAsync(ApiHost host, string name) =>
        await Device.AnswerAsync(Device.ConnectAsync(host, name, await host.CreatePasswordAsync(name)));
}
