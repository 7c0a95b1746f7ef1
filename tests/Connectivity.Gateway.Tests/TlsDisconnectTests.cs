using System.Net.Sockets;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class TlsDisconnectTests
{
    public static readonly TheoryData<MqttProtocolVersion> Versions =
        new(MqttProtocolVersion.V311, MqttProtocolVersion.V500);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_DISCONNECT_of_the_client_is_reported_as_client_initiated(MqttProtocolVersion version)
    {
        await using var gateway = await StartAsync();
        var device = await gateway.ConnectAsync("pump", version, gateway.Tls());
        await device.DisconnectAsync();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_closed_without_a_DISCONNECT_is_lost_with_or_without_close_notify(bool closeNotify)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump");
        if (closeNotify) await client.CloseTlsAsync();
        else client.Dispose();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ConnectionLost);
    }

    [Fact]
    public async Task A_reset_connection_is_reported_as_connection_lost()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump");
        client.Reset();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ConnectionLost);
    }

    [Fact]
    public async Task Bytes_that_are_not_TLS_are_reported_as_client_error()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump");
        await client.SendPlainAsync([0x17, 0x03, 0x03, 0x00, 0x20, .. new byte[0x20]]);
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientError);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_silent_client_is_timed_out(byte level)
    {
        var clock = new ManualClock();
        await using var gateway = await StartAsync(clock);
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump", level, keepAlive: 60);
        clock.Advance(TimeSpan.FromSeconds(91));
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.MqttKeepAliveTimeout);
        if (level == 5) (await client.ReadPacketAsync())![2].ShouldBe((byte)0x8D);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_connection_whose_client_id_is_taken_over_is_reported_as_duplicate(MqttProtocolVersion version)
    {
        await using var gateway = await StartAsync();
        var older = await gateway.ConnectAsync("pump", version, gateway.Tls());
        var newer = await gateway.ConnectAsync("pump", version, gateway.Tls());
        await older.UntilEnded();
        if (version == MqttProtocolVersion.V500)
            older.Ended!.Reason.ShouldBe(MqttClientDisconnectReason.SessionTakenOver);
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.DuplicateClientId);
        (await newer.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
    }

    [Theory]
    [InlineData(new byte[] { 0x30, 0x80, 0x80, 0x80, 0x01 }, 0x95)]
    [InlineData(new byte[] { 0x10, 0x00 }, 0x82)]
    public async Task An_MQTT_5_client_receives_the_reason_code_of_its_protocol_violation(byte[] bytes, byte code)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump", level: 5);
        await client.SendAsync([.. bytes, .. new byte[10_000]]);
        (await client.ReadPacketAsync())!.Take(3).ShouldBe([0xE0, 0x02, code]);
        (await client.ReadPacketAsync()).ShouldBeNull();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientError);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Stopping_the_gateway_is_reported_as_server_initiated(MqttProtocolVersion version)
    {
        await using var gateway = await StartAsync();
        var device = await gateway.ConnectAsync("pump", version, gateway.Tls());
        await gateway.StopAsync();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ServerInitiatedDisconnect);
        await device.UntilEnded();
        if (version == MqttProtocolVersion.V500)
            device.Ended!.Reason.ShouldBe(MqttClientDisconnectReason.ServerShuttingDown);
    }

    [Fact]
    public async Task Each_connect_of_many_clients_has_one_disconnect()
    {
        await using var gateway = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            using var client = await RawClient.OpenTlsAsync(gateway.Service.TlsPort);
            await client.SendAsync(RawClient.Connect($"pump-{i % 50}", level: (byte)(4 + i % 2)));
            if (await client.ReadPacketAsync() is null) return;
            try
            {
                if (i % 3 == 0) await client.SendAsync(0xE0, 0x00);
                if (i % 3 == 1) await client.SendAsync(0xFF, 0x00);
                if (i % 5 == 1) client.Reset();
            }
            catch (SocketException)
            {
                // Taken over in the meantime.
            }
        }));
        await gateway.StopAsync();
        foreach (var pair in gateway.Sink.Taken.Select(taken => taken.Event).GroupBy(one => one.Connection))
            pair.Select(one => one is ThingConnected).ShouldBe([true, false]);
        gateway.Measured.Of("connections").ShouldBe(0);
    }

    private static Task<Fixtures.Gateway> StartAsync(TimeProvider? clock = null) =>
        Fixtures.Gateway.StartAsync(new GatewayOptions { TlsPort = 0, Certificate = Certificates.Context }, clock);
}
