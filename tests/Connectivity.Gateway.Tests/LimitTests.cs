using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class LimitTests
{
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
