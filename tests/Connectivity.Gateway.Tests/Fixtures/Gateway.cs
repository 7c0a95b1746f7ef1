using System.Security.Cryptography.X509Certificates;
using Connectivity.Gateway.Configuration;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>
/// A gateway on a free port, with a recording sink. On disposal it checks that no error and no secret was logged.
/// </summary>
public sealed class Gateway : IAsyncDisposable
{
    private readonly List<IDisposable> _clients = [];

    private Gateway(GatewayOptions options, TimeProvider clock, TestAccess access)
    {
        Access = access;
        Service = new MqttGateway(options, access, Sink, Measured, clock, Log);
    }

    public TestAccess Access { get; }

    public Measurements Measured { get; } = new();

    public RecordingSink Sink { get; } = new();

    public RecordingLogger Log { get; } = new();

    public MqttGateway Service { get; }

    public int Port => Service.Port;

    public static async Task<Gateway> StartAsync(
        GatewayOptions? options = null, TimeProvider? clock = null, TestAccess? access = null)
    {
        var gateway = new Gateway(
            (options ?? new GatewayOptions()) with { Port = 0 }, clock ?? TimeProvider.System,
            access ?? new TestAccess());
        await gateway.Service.StartAsync(TestContext.Current.CancellationToken);
        return gateway;
    }

    public Task<Device> ConnectAsync(
        string clientId, MqttProtocolVersion version, Action<MqttClientOptionsBuilder>? with = null) =>
        ConnectAsync(version, options =>
        {
            options.WithClientId(clientId);
            with?.Invoke(options);
        });

    public async Task<Device> ConnectAsync(MqttProtocolVersion version, Action<MqttClientOptionsBuilder>? with = null)
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", Port)
            .WithProtocolVersion(version)
            .WithTimeout(TimeSpan.FromSeconds(30));
        with?.Invoke(options);
        var device = await Device.ConnectAsync(options.Build());
        lock (_clients) _clients.Add(device);
        return device;
    }

    public async Task<RawClient> OpenAsync(string from = "127.0.0.1")
    {
        var client = await RawClient.OpenAsync(Port, from);
        lock (_clients) _clients.Add(client);
        return client;
    }

    public async Task<RawClient> OpenTlsAsync(X509Certificate2? certificate = null)
    {
        var client = await RawClient.OpenTlsAsync(Service.TlsPort, certificate);
        lock (_clients) _clients.Add(client);
        return client;
    }

    /// <summary>The same device, over TLS.</summary>
    public Action<MqttClientOptionsBuilder> Tls(X509Certificate2? certificate = null) => options => options
        .WithTcpServer("127.0.0.1", Service.TlsPort)
        .WithTlsOptions(tls =>
        {
            tls.UseTls().WithCertificateValidationHandler(server =>
                server.Certificate.GetCertHashString() == Certificates.Server.GetCertHashString());
            if (certificate is not null) tls.WithClientCertificates([certificate]);
        });

    public Task StopAsync() => Service.StopAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients) client.Dispose();
        await Service.DisposeAsync();
        Measured.Dispose();
        Log.Lines.ShouldNotContain(line => line.Text.Contains("127.0.0.") || line.Text.Contains("secret"));
        Log.Lines.ShouldNotContain(
            line => line.Text.StartsWith("Serving a connection failed") || line.Text.StartsWith("The check of"));
    }
}
