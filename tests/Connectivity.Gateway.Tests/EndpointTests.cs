using System.Net;
using System.Net.Sockets;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Listening;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

public sealed class EndpointTests
{
    [Fact]
    public async Task An_endpoint_opened_at_runtime_shares_the_connection_limit()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumConnections = 2 });
        var second = gateway.Service.Listen(new EndpointOptions(IPAddress.IPv6Any, 0));
        gateway.Service.Endpoints.Select(endpoint => endpoint.Port).ShouldBe([gateway.Port, second.Port]);
        using var first = await gateway.OpenAsync();
        await first.ConnectAsync("pump");
        using var other = await RawClient.OpenAsync(second.Port);
        await other.ConnectAsync("valve");
        using var third = await RawClient.OpenAsync(second.Port);
        (await third.ReadPacketAsync()).ShouldBeNull();
        using var fourth = await gateway.OpenAsync();
        (await fourth.ReadPacketAsync()).ShouldBeNull();
        gateway.Measured.Of("refused_sockets").ShouldBe(2);
    }

    [Fact]
    public async Task A_wider_address_replaces_a_narrower_one_on_its_port_while_connections_stay_open()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump");
        var loopback = gateway.Service.Endpoints.ShouldHaveSingleItem();
        var wider = loopback.Options with { Address = IPAddress.Any, Port = loopback.Port };
        Should.Throw<SocketException>(() => gateway.Service.Listen(wider)).SocketErrorCode
            .ShouldBe(SocketError.AddressAlreadyInUse);

        await loopback.CloseAsync();
        (await Should.ThrowAsync<SocketException>(() => RawClient.OpenAsync(loopback.Port))).SocketErrorCode
            .ShouldBe(SocketError.ConnectionRefused);
        gateway.Service.Listen(wider);
        gateway.Service.Endpoints.ShouldHaveSingleItem().Options.Address.ShouldBe(IPAddress.Any);
        using var other = await RawClient.OpenAsync(loopback.Port);
        await other.ConnectAsync("valve");
        await client.SendAsync(0xC0, 0x00);
        (await client.ReadPacketAsync()).ShouldBe([0xD0, 0x00]);
    }

    [Fact]
    public async Task The_plain_endpoint_can_be_disabled()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { PlainEnabled = false, TlsPort = 0, Certificate = Certificates.Context });
        gateway.Port.ShouldBe(0);
        gateway.Service.Endpoints.ShouldHaveSingleItem().IsEncrypted.ShouldBeTrue();
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump");
    }

    [Fact]
    public async Task A_stopped_gateway_opens_no_endpoint()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await gateway.StopAsync();
        Should.Throw<ObjectDisposedException>(() => gateway.Service.Listen(new EndpointOptions(IPAddress.Loopback, 0)));
    }
}
