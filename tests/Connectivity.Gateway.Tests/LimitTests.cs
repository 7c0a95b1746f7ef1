using System.Diagnostics;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class LimitTests
{
    [Fact]
    public async Task Sockets_above_the_accept_rate_wait_and_are_served()
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
    public async Task A_socket_waits_at_the_maximum_of_unauthenticated_connections()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions
            {
                MaximumUnauthenticatedConnections = 2,
                TlsPort = 0,
                Certificate = Certificates.Context,
            });
        using var authenticated = await gateway.OpenAsync();
        await authenticated.ConnectAsync("pump");
        using var silent = await gateway.OpenAsync();
        using var another = await gateway.OpenAsync();
        using var next = await RawClient.OpenAsync(gateway.Port);
        await next.SendAsync(RawClient.Connect("valve"));
        // The authenticated connection is served in the meantime. The others wait, plain or over TLS.
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
    public async Task An_unauthenticated_connection_that_times_out_frees_its_slot()
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumUnauthenticatedConnections = 1 }, clock);
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
    public async Task The_size_limit_of_a_CONNECT_is_below_that_of_later_packets()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumConnectPacketSize = 2048 });
        using var large = await gateway.OpenAsync();
        await large.SendAsync(RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 4, 6, 0, 60, .. RawClient.String("pump"), .. RawClient.String("wills"),
            .. RawClient.String(new string('x', 2048))]));
        (await large.ReadPacketAsync()).ShouldBeNull();
        gateway.Access.Claims.ShouldBeEmpty();
        gateway.Measured.Of("refused_connects", "malformed").ShouldBe(1);

        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("plant");
        await device.PublishAsync("plant", new string('x', 100_000));
        await device.UntilReceived(1);
    }

    [Fact]
    public void All_limits_out_of_range_are_reported_together()
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
            options, new TestAccess(), new RecordingSink(), new Measurements(), TimeProvider.System,
            new RecordingLogger()));
        string[] named =
        [
            "MaximumAcceptsPerSecond", "MaximumUnauthenticatedConnections", "MaximumConnectPacketSize", "PlainEnabled",
        ];
        foreach (var name in named) error.Message.ShouldContain(name);
    }
}
