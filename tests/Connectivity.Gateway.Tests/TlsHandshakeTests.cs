using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class TlsHandshakeTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_certificate_is_requested_but_not_required(bool presented)
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
    public async Task An_expired_or_future_certificate_is_refused_before_the_host_decides(int from, int to)
    {
        await using var gateway = await StartAsync();
        using var own = Certificates.SelfSigned("pump", from, to);
        try
        {
            // With TLS 1.3 the client sees the refusal only when it reads.
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
#pragma warning disable SYSLIB0039 // The obsolete version is what is tested.
    [InlineData(SslProtocols.Tls11, false)]
#pragma warning restore SYSLIB0039
    public async Task Only_TLS_1_2_and_1_3_are_accepted(SslProtocols version, bool accepted)
    {
        await using var gateway = await StartAsync();
        var connecting = ConnectAsync();
        if (accepted) await connecting;
        else await Should.ThrowAsync<Exception>(connecting);
        gateway.Access.Claims.Count.ShouldBe(accepted ? 1 : 0);

        async Task ConnectAsync()
        {
            using var client = await RawClient.OpenTlsAsync(gateway.Service.TlsPort, versions: version);
            await client.ConnectAsync("pump");
        }
    }

    [Fact]
    public async Task A_renewed_server_certificate_applies_to_the_next_connection()
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
    public async Task A_missing_server_certificate_is_logged_and_closes_the_connection()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { TlsPort = 0, Certificate = () => throw new FileNotFoundException("secret") });
        await Should.ThrowAsync<IOException>(() => gateway.OpenTlsAsync());
        gateway.Log.Lines.ShouldContain(
            line => line.Text.Contains("certificate") && line.Text.Contains("FileNotFoundException"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public async Task A_handshake_that_times_out_is_closed(int bytes)
    {
        var clock = new ManualClock();
        await using var gateway = await StartAsync(clock);
        using var slow = await RawClient.OpenAsync(gateway.Service.TlsPort);
        // The first bytes of a ClientHello.
        await slow.SendAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00 }[..bytes]);
        while (gateway.Measured.Of("refused_connects", "timeout") == 0)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await slow.ReadPacketAsync()).ShouldBeNull();
        gateway.Sink.Taken.ShouldBeEmpty();
    }

    private static Task<Fixtures.Gateway> StartAsync(TimeProvider? clock = null) =>
        Fixtures.Gateway.StartAsync(new GatewayOptions { TlsPort = 0, Certificate = Certificates.Context }, clock);
}
