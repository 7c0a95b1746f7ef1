using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class TlsTests
{
    public static readonly TheoryData<MqttProtocolVersion> Versions = new(MqttProtocolVersion.V311, MqttProtocolVersion.V500);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_asked_for_and_not_required(bool presented)
    {
        await using var gateway = await StartAsync();
        string? thumbprint = null;
        gateway.Access.Answer(claim =>
        {
            thumbprint = claim.ClientCertificate?.Thumbprint;
            return TestAccess.Admit(new TestIdentity());
        });
        using var own = Certificates.SelfSigned("pump", -1, 1);
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500, gateway.Tls(presented ? own : null));
        await device.SubscribeAsync("plant");
        await device.PublishAsync("plant", new string('x', 100_000));
        await device.UntilReceived(1);
        thumbprint.ShouldBe(presented ? own.Thumbprint : null);
        gateway.Access.Claims.Single().IsEncrypted.ShouldBeTrue();
        var socket = (await gateway.Sink.ConnectOf("pump")).Socket;
        socket.SourceIp.ShouldBe("127.0.0.1");
        socket.TargetPort.ShouldBe(gateway.Service.TlsPort);
    }

    [Theory]
    [InlineData(-2, -1)]
    [InlineData(1, 2)]
    public async Task A_certificate_that_is_not_valid_now_is_refused_before_anyone_is_asked(int from, int to)
    {
        await using var gateway = await StartAsync();
        using var own = Certificates.SelfSigned("pump", from, to);
        try
        {
            // With TLS 1.3 the client learns of it when it reads.
            using var client = await RawClient.OpenTlsAsync(gateway.Service.TlsPort, own);
            await client.SendAsync(RawClient.Connect("pump"));
            (await client.ReadPacketAsync()).ShouldBeNull();
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException)
        {
        }

        await gateway.Sink.Until(() => gateway.Measured.Of("refused_connects", "tls") == 1);
        gateway.Access.Claims.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039 // That it is obsolete is what is tested.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore SYSLIB0039
    public async Task Only_versions_of_TLS_that_are_safe_are_spoken(SslProtocols version, bool spoken)
    {
        await using var gateway = await StartAsync();
        var connecting = ConnectAsync();
        if (spoken) await connecting;
        else await Should.ThrowAsync<Exception>(connecting);
        gateway.Access.Claims.Count.ShouldBe(spoken ? 1 : 0);

        async Task ConnectAsync()
        {
            using var client = await RawClient.OpenTlsAsync(gateway.Service.TlsPort, versions: version);
            await client.ConnectAsync("pump");
        }
    }

    [Fact]
    public async Task A_renewed_server_certificate_holds_for_the_next_connection()
    {
        using var renewed = Certificates.SelfSigned("localhost", -1, 1);
        var current = SslStreamCertificateContext.Create(renewed, null, offline: true);
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { TlsPort = 0, Certificate = () => current });
        await Should.ThrowAsync<AuthenticationException>(() => gateway.OpenTlsAsync());
        current = Certificates.ServerContext;
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump");
    }

    [Fact]
    public async Task A_server_certificate_that_can_not_be_had_is_logged_and_closes_the_connection()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { TlsPort = 0, Certificate = () => throw new FileNotFoundException("secret") });
        await Should.ThrowAsync<IOException>(() => gateway.OpenTlsAsync());
        gateway.Log.Lines.ShouldContain(line => line.Text.Contains("certificate") && line.Text.Contains("FileNotFoundException"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_handshake_that_takes_too_long_is_closed(int bytes)
    {
        var clock = new ManualClock();
        await using var gateway = await StartAsync(clock);
        using var slow = await RawClient.OpenAsync(gateway.Service.TlsPort);
        // The beginning of a ClientHello.
        await slow.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00 }[..bytes]);
        while (gateway.Measured.Of("refused_connects", "timeout") == 0)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await slow.ReadPacketAsync()).ShouldBeNull();
        gateway.Sink.Taken.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_sends_a_disconnect_ended_it_itself(MqttProtocolVersion version)
    {
        await using var gateway = await StartAsync();
        var device = await gateway.ConnectAsync("pump", version, gateway.Tls());
        await device.DisconnectAsync();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_closes_without_a_disconnect_is_lost_whether_TLS_was_told_or_not(bool told)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump");
        if (told) await client.CloseTlsAsync();
        else client.Dispose();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ConnectionLost);
    }

    [Fact]
    public async Task A_connection_that_is_reset_is_lost()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.OpenTlsAsync();
        await client.ConnectAsync("pump");
        client.Reset();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ConnectionLost);
    }

    [Fact]
    public async Task Bytes_that_are_no_TLS_any_more_are_the_clients_error()
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
    public async Task A_client_whose_id_is_taken_over_is_a_duplicate(MqttProtocolVersion version)
    {
        await using var gateway = await StartAsync();
        var older = await gateway.ConnectAsync("pump", version, gateway.Tls());
        var newer = await gateway.ConnectAsync("pump", version, gateway.Tls());
        await older.UntilEnded();
        if (version == MqttProtocolVersion.V500) older.Ended!.Reason.ShouldBe(MqttClientDisconnectReason.SessionTakenOver);
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.DuplicateClientId);
        (await newer.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
    }

    [Theory]
    [InlineData(new byte[] { 0x30, 0x80, 0x80, 0x80, 0x01 }, 0x95)]
    [InlineData(new byte[] { 0x10, 0x00 }, 0x81)]
    public async Task An_MQTT_5_client_is_told_what_it_did_wrong(byte[] bytes, byte code)
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
    public async Task A_gateway_that_stops_disconnects_its_clients(MqttProtocolVersion version)
    {
        await using var gateway = await StartAsync();
        var device = await gateway.ConnectAsync("pump", version, gateway.Tls());
        await gateway.StopAsync();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ServerInitiatedDisconnect);
        await device.UntilEnded();
        if (version == MqttProtocolVersion.V500) device.Ended!.Reason.ShouldBe(MqttClientDisconnectReason.ServerShuttingDown);
    }

    [Fact]
    public async Task Many_clients_come_and_go_in_every_way()
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
                // Taken over meanwhile.
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
