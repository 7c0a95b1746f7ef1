using Connectivity.Gateway.Access;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class MetricTests
{
    [Fact]
    public async Task Every_instrument_has_a_unit_and_a_description()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Measured.Instruments.Select(one => one.Name).Order().ShouldBe([
            "connectivity.gateway.connections", "connectivity.gateway.dropped_connect_failed",
            "connectivity.gateway.lost_events", "connectivity.gateway.refused_connects",
            "connectivity.gateway.refused_sockets",
            "connectivity.gateway.spilled_bytes"]);
        gateway.Measured.Instruments.ShouldAllBe(
            one => one.Meter.Name == "Connectivity.Gateway" && one.Unit != null && one.Description != null);
    }

    [Fact]
    public async Task Refused_connects_are_counted_by_reason()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { TlsPort = 0, Certificate = Certificates.Context });
        gateway.Access.Answer(claim => claim.ClientId switch
        {
            "denied" => new DeviceAdmission.Refused(),
            "wrong" => new DeviceAdmission.Refused(BadCredentials: true),
            _ => new DeviceAdmission.Unavailable(),
        });
        await gateway.ConnectAsync("denied", MqttProtocolVersion.V500);
        await gateway.ConnectAsync("wrong", MqttProtocolVersion.V500);
        await gateway.ConnectAsync("unlucky", MqttProtocolVersion.V500);
        byte[][] others = [RawClient.Connect(new string('x', 1025)), "GET / HTTP/1.1\r\n\r\n"u8.ToArray()];
        foreach (var bytes in others)
        {
            using var client = await gateway.OpenAsync();
            await client.SendAsync(bytes);
            while (await client.ReadPacketAsync() is not null)
            {
            }
        }

        using var plain = await RawClient.OpenAsync(gateway.Service.TlsPort);
        await plain.SendAsync(RawClient.Connect("pump"));
        await gateway.Sink.Until(() => gateway.Measured.Of("refused_connects", "tls") == 1);
        string[] reasons = ["not_authorized", "bad_credentials", "unavailable", "unacceptable", "malformed"];
        foreach (var reason in reasons) gateway.Measured.Of("refused_connects", reason).ShouldBe(1, reason);
    }

    [Fact]
    public async Task Open_connections_and_lost_events_are_observed()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumQueuedEvents = 1 });
        var broken = true;
        gateway.Sink.Before = _ => broken ? throw new InvalidOperationException() : Task.CompletedTask;
        await gateway.ConnectAsync("first", MqttProtocolVersion.V500);
        await gateway.Sink.Until(() => gateway.Sink.Attempts > 0);
        for (var i = 0; i < 3; i++) await gateway.ConnectAsync($"pump-{i}", MqttProtocolVersion.V500);
        gateway.Measured.Of("connections").ShouldBe(4);
        gateway.Measured.Of("lost_events").ShouldBe(2);
        broken = false;
    }
}
