using System.Net;
using System.Net.Sockets;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Gateway;
using Connectivity.Gateway.Listening;
using Connectivity.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>Beyond loopback the gateway listens when there is somebody to let in there.</summary>
public sealed class GatewayHostTests
{
    private const string Everywhere = "--Connectivity:Mqtt:Address=0.0.0.0";
    private const string Waiting =
        "MQTT listens on loopback only, and not on 0.0.0.0, until a device has a credential; the command `devices create` makes one";

    [Fact]
    public async Task Until_a_device_has_a_credential_every_host_listens_on_loopback_only_and_says_so()
    {
        await using var host = await ApiHost.StartAsync(null, Everywhere);
        await using var other = await ApiHost.StartAsync(host.ConnectionString, Everywhere);
        var pump = await host.CreateThingAsync();
        foreach (var one in (ApiHost[])[host, other])
        {
            Endpoint(one).Options.Address.ShouldBe(IPAddress.Loopback);
            one.Log.Lines.Where(line => line.Text == Waiting).ShouldHaveSingleItem().Level.ShouldBe(LogLevel.Warning);
            one.Log.Lines.ShouldContain(line => line.Text == $"MQTT is served at 127.0.0.1:{one.MqttPort}");
        }

        var password = await host.CreatePasswordAsync(pump);

        foreach (var one in (ApiHost[])[host, other])
        {
            await Eventually.Is(() => Endpoint(one).Options.Address.Equals(IPAddress.Any), because: "it listens everywhere");
            Endpoint(one).Port.ShouldBe(one.MqttPort, "the port stays");
            await Eventually.Is(
                () => one.Log.Lines.Any(line => line.Text == $"MQTT is served at 0.0.0.0:{one.MqttPort}"), because: "where it listens now is logged");
            (await Device.AnswerAsync(Device.ConnectAsync(one, pump, password))).ShouldBe(MQTTnet.MqttClientConnectResultCode.Success);
        }

        // Once is for ever: what runs would not come back to loopback under its devices.
        await using var next = await ApiHost.StartAsync(host.ConnectionString, Everywhere);
        Endpoint(next).Options.Address.ShouldBe(IPAddress.Any);
        next.Log.Lines.ShouldNotContain(line => line.Text == Waiting);
    }

    [Fact]
    public async Task An_open_connection_stays_when_the_gateway_moves_and_an_address_that_is_taken_is_tried_again()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has more than one loopback address from the start.");
        await using var host = await ApiHost.StartAsync(null, Everywhere);
        // The port is free on the host's own address, and not on all.
        using var taken = new TcpListener(IPAddress.Parse("127.0.0.2"), host.MqttPort);
        taken.Start();
        var pump = await host.CreateThingAsync();
        var password = await host.CreatePasswordAsync(pump);
        await Eventually.Is(
            () => host.Log.Lines.Any(line => line.Text.Contains($"MQTT can't listen on 0.0.0.0:")), because: "the fault is logged");
        await using var device = await ConnectAsync();
        device.IsConnected.ShouldBeTrue("it goes on listening on loopback");

        taken.Stop();

        await Eventually.Is(() => Endpoint(host).Options.Address.Equals(IPAddress.Any), because: "it listens everywhere");
        (await device.PublishAsync("plant/pump")).ShouldBeTrue();

        async Task<Device> ConnectAsync()
        {
            while (true)
            {
                try
                {
                    return await Device.ConnectAsync(host, pump, password);
                }
                catch (MQTTnet.Exceptions.MqttCommunicationException)
                {
                    // Just while it tries to move.
                }
            }
        }
    }

    [Fact]
    public async Task Where_nobody_is_asked_who_they_are_it_listens_where_it_is_told()
    {
        await using var host = await ApiHost.StartAsync(null, Everywhere, "--Connectivity:AllowAnonymous=true");
        Endpoint(host).Options.Address.ShouldBe(IPAddress.Any);
        host.Log.Lines.ShouldNotContain(line => line.Text == Waiting);
    }

    [Fact]
    public async Task Another_loopback_address_needs_no_credential()
    {
        await using var host = await ApiHost.StartAsync(null, "--Connectivity:Mqtt:Address=::1");
        Endpoint(host).Options.Address.ShouldBe(IPAddress.IPv6Loopback);
        host.Log.Lines.ShouldNotContain(line => line.Text.StartsWith("MQTT listens on loopback only"));
    }

    private static DeviceEndpoint Endpoint(ApiHost host) => host.Services.GetRequiredService<MqttGateway>().Endpoints.ShouldHaveSingleItem();
}
