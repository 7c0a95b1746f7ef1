using System.Net.Sockets;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class StartAndStopTests
{
    [Fact]
    public async Task A_port_in_use_is_reported_and_the_gateway_can_be_disposed()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await using var second = new MqttGateway(
            new GatewayOptions { Port = gateway.Port }, new TestAccess(), new RecordingSink(), new Measurements(),
            TimeProvider.System, new RecordingLogger());
        var failure = await Should.ThrowAsync<SocketException>(
            () => second.StartAsync(TestContext.Current.CancellationToken));
        failure.SocketErrorCode.ShouldBe(SocketError.AddressAlreadyInUse);
    }

    [Fact]
    public async Task A_port_is_free_again_as_soon_as_its_gateway_has_stopped()
    {
        int port;
        await using (var gateway = await Fixtures.Gateway.StartAsync())
        {
            port = gateway.Port;
            await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
            await gateway.StopAsync();
        }

        await using var next = new MqttGateway(
            new GatewayOptions { Port = port }, new TestAccess(), new RecordingSink(), new Measurements(),
            TimeProvider.System, new RecordingLogger());
        await next.StartAsync(TestContext.Current.CancellationToken);
        next.Port.ShouldBe(port);
    }

    [Fact]
    public async Task An_IPv4_client_of_an_IPv6_wildcard_has_an_IPv4_address()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { Address = "::" });
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        var socket = (await gateway.Sink.ConnectOf("pump")).Socket;
        socket.SourceIp.ShouldBe("127.0.0.1");
        socket.TargetIp.ShouldBe("127.0.0.1");
    }

    [Fact]
    public void All_options_out_of_range_are_reported_together()
    {
        var options = new GatewayOptions { Port = 70_000, MaximumConnections = 0 };
        var error = Should.Throw<ArgumentException>(() =>
            new MqttGateway(
                options, new TestAccess(), new RecordingSink(), new Measurements(), TimeProvider.System,
                new RecordingLogger()));
        error.Message.ShouldContain("Port");
        error.Message.ShouldContain("MaximumConnections");
    }

    [Fact]
    public async Task Stopping_while_clients_connect_reports_each_accepted_client_once()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var connecting = Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                using var client = await gateway.OpenAsync();
                await client.SendAsync(RawClient.Connect($"pump-{i}"));
                while (await client.ReadPacketAsync() is not null)
                {
                }
            }
            catch (SocketException)
            {
                // The gateway has already stopped.
            }
        }).ToList();
        await gateway.Sink.Until(() => gateway.Sink.Taken.Count > 20);
        await gateway.StopAsync();
        await Task.WhenAll(connecting);

        foreach (var events in gateway.Sink.Taken.GroupBy(taken => taken.Event.ClientId))
        {
            events.Select(taken => taken.Event is ThingConnected).ShouldBe([true, false]);
            ((ThingDisconnected)events.Last().Event).Reason.ShouldBe(DisconnectReason.ServerInitiatedDisconnect);
        }
    }
}
