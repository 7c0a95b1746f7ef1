using System.Diagnostics;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task Sockets_beyond_the_rate_wait_and_none_is_lost()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumAcceptsPerSecond = 5 });
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 15).Select(async i =>
        {
            using var client = await RawClient.OpenAsync(gateway.Port);
            await client.ConnectAsync($"pump-{i}");
        }));
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task While_as_many_as_allowed_are_not_authenticated_the_next_waits()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumUnauthenticatedConnections = 2, TlsPort = 0, Certificate = Certificates.Context });
        using var authenticated = await gateway.OpenAsync();
        await authenticated.ConnectAsync("pump");
        using var silent = await gateway.OpenAsync();
        using var another = await gateway.OpenAsync();
        using var next = await RawClient.OpenAsync(gateway.Port);
        await next.SendAsync(RawClient.Connect("valve"));
        // Served meanwhile: whoever is in. Waiting: whoever is not, whatever it came by.
        await authenticated.SendAsync(0xC0, 0x00);
        (await authenticated.ReadPacketAsync()).ShouldBe([0xD0, 0x00]);
        var overTls = gateway.OpenTlsAsync();
        await gateway.Sink.Until(() => gateway.Measured.Of("connections") == 3);
        var answer = next.ReadPacketAsync();
        answer.IsCompleted.ShouldBeFalse();

        silent.Dispose();
        (await answer)![3].ShouldBe((byte)0);
        using var last = await overTls;
    }

    [Fact]
    public async Task Those_who_are_not_authenticated_in_time_make_room()
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumUnauthenticatedConnections = 1 }, clock);
        using var silent = await gateway.OpenAsync();
        await gateway.Sink.Until(() => gateway.Measured.Of("connections") == 1);
        using var next = await gateway.OpenAsync();
        await next.SendAsync(RawClient.Connect("valve"));
        while (gateway.Measured.Of("refused_connects", "timeout") == 0)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await silent.ReadPacketAsync()).ShouldBeNull();
        (await next.ReadPacketAsync())![3].ShouldBe((byte)0);
    }

    [Fact]
    public async Task A_CONNECT_is_smaller_than_what_may_follow_it()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumConnectPacketSize = 2048 });
        using var large = await gateway.OpenAsync();
        await large.SendAsync(RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 4, 6, 0, 60, .. RawClient.String("pump"), .. RawClient.String("wills"), .. RawClient.String(new string('x', 2048))]));
        (await large.ReadPacketAsync()).ShouldBeNull();
        gateway.Access.Claims.ShouldBeEmpty();
        gateway.Measured.Of("refused_connects", "malformed").ShouldBe(1);

        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("plant");
        await device.PublishAsync("plant", new string('x', 100_000));
        await device.UntilReceived(1);
    }

    [Fact]
    public void Limits_out_of_their_bounds_are_named_together()
    {
        var options = new GatewayOptions
        {
            MaximumAcceptsPerSecond = 0,
            MaximumUnauthenticatedConnections = 0,
            MaximumConnectPacketSize = 1_000_000,
            PlainEnabled = false,
            Certificate = null,
        };
        var error = Should.Throw<ArgumentException>(() => new MqttGateway(
            options, new TestAccess(), new RecordingSink(), new Measurements(), TimeProvider.System, new RecordingLogger()));
        string[] named = ["MaximumAcceptsPerSecond", "MaximumUnauthenticatedConnections", "MaximumConnectPacketSize", "PlainEnabled"];
        foreach (var name in named) error.Message.ShouldContain(name);
    }
}
