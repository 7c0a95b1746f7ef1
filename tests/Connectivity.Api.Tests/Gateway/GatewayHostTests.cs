using System.Net;
using System.Net.Sockets;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Gateway;
using Connectivity.Gateway.Listening;
using Connectivity.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connectivity.Api.Tests.Gateway;

/// <summary>The gateway listens beyond loopback only when a device can authenticate.</summary>
public sealed class GatewayHostTests
{
    private const string Everywhere = "--Connectivity:Mqtt:Address=0.0.0.0";
    private const string Waiting =
        "MQTT listens on loopback only, and not on 0.0.0.0, until a device has a credential; "
        + "the command `devices create` makes one";

    [Fact]
    public async Task Listens_on_loopback_only_and_logs_it_until_a_device_has_a_credential()
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
            await Eventually.Is(
                () => Endpoint(one).Options.Address.Equals(IPAddress.Any), because: "it listens on every address");
            Endpoint(one).Port.ShouldBe(one.MqttPort, "the port stays");
            await Eventually.Is(
                () => one.Log.Lines.Any(line => line.Text == $"MQTT is served at 0.0.0.0:{one.MqttPort}"),
                because: "the new address is logged");
            (await Device.AnswerAsync(Device.ConnectAsync(one, pump, password)))
                .ShouldBe(MQTTnet.MqttClientConnectResultCode.Success);
        }

        // This is permanent: a host never moves back to loopback, away from its devices.
        await using var next = await ApiHost.StartAsync(host.ConnectionString, Everywhere);
        Endpoint(next).Options.Address.ShouldBe(IPAddress.Any);
        next.Log.Lines.ShouldNotContain(line => line.Text == Waiting);
    }

    [Fact]
    public async Task Moving_to_the_configured_address_keeps_open_connections_and_retries_a_taken_address()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has more than one loopback address from the start.");
        await using var host = await ApiHost.StartAsync(null, Everywhere);
        // The port is free on the address in use, but not on every address.
        using var taken = new TcpListener(IPAddress.Parse("127.0.0.2"), host.MqttPort);
        taken.Start();
        var pump = await host.CreateThingAsync();
        var password = await host.CreatePasswordAsync(pump);
        await Eventually.Is(
            () => host.Log.Lines.Any(line => line.Text.Contains($"MQTT can't listen on 0.0.0.0:")),
            because: "the error is logged");
        await using var device = await ConnectAsync();
        device.IsConnected.ShouldBeTrue("the gateway still listens on loopback");

        taken.Stop();

        await Eventually.Is(
            () => Endpoint(host).Options.Address.Equals(IPAddress.Any), because: "it listens on every address");
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
                    // The gateway does not listen while it tries to move.
                }
            }
        }
    }

    [Fact]
    public async Task Without_authentication_the_gateway_listens_on_the_configured_address_at_once()
    {
        await using var host = await ApiHost.StartAsync(null, Everywhere, "--Connectivity:AllowAnonymous=true");
        Endpoint(host).Options.Address.ShouldBe(IPAddress.Any);
        host.Log.Lines.ShouldNotContain(line => line.Text == Waiting);
    }

    [Fact]
    public async Task Listens_on_another_loopback_address_without_any_credential()
    {
        await using var host = await ApiHost.StartAsync(null, "--Connectivity:Mqtt:Address=::1");
        Endpoint(host).Options.Address.ShouldBe(IPAddress.IPv6Loopback);
        host.Log.Lines.ShouldNotContain(line => line.Text.StartsWith("MQTT listens on loopback only"));
    }

    private static DeviceEndpoint Endpoint(ApiHost host) =>
        host.Services.GetRequiredService<MqttGateway>().Endpoints.ShouldHaveSingleItem();
}
