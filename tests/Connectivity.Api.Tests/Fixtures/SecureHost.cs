using System.Security.Cryptography.X509Certificates;
using Connectivity.Testing;
using MQTTnet;

[assembly: AssemblyFixture(typeof(Connectivity.Api.Tests.Fixtures.SecureHost))]

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// A host that also serves HTTPS and MQTT over TLS, and whose connectivity indexing is on and releases socket
/// information, for all tests that don't change that.
/// </summary>
public sealed class SecureHost : IAsyncLifetime
{
    private readonly string _directory = TemporaryDirectory.Make();

    public CertificateAuthority Authority { get; } = new();

    public ApiHost Host { get; private set; } = null!;

    public Uri HttpsAddress =>
        new(Host.Addresses.Single(address => address.StartsWith("https:", StringComparison.Ordinal)));

    public string TrustFile => Path.Combine(_directory, "root.pem");

    public async ValueTask InitializeAsync()
    {
        var (certificate, key) = (Path.Combine(_directory, "server.pem"), Path.Combine(_directory, "server.key"));
        Authority.Issue(certificate, key);
        await File.WriteAllTextAsync(TrustFile, Authority.Root.ExportCertificatePem());
        Host = await ApiHost.StartAsync(null, [.. Settings(certificate, key)]);
        await Host.TurnIndexingOnAsync(releaseSocketInformation: true);
    }

    /// <summary>HTTP, HTTPS, MQTT and MQTT over TLS on free ports.</summary>
    public static IEnumerable<string> Settings(string certificateFile, string keyFile) =>
    [
        "--urls=http://127.0.0.1:0;https://127.0.0.1:0", "--Connectivity:Mqtt:TlsPort=0",
        $"--Connectivity:Tls:CertificateFile={certificateFile}", $"--Connectivity:Tls:PrivateKeyFile={keyFile}",
    ];

    /// <summary>A client over HTTPS; null credentials for unsigned requests.</summary>
    public HttpClient ClientOf(Credentials? credentials)
    {
        var sockets = new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Authority.Trust } };
        return new HttpClient(credentials is null ? sockets : new SigningHandler(credentials, inner: sockets))
        {
            BaseAddress = HttpsAddress,
        };
    }

    /// <summary>Options of a device that connects over TLS.</summary>
    /// <param name="name">The server name that it sends; null for none, as it connects to an address.</param>
    public Action<MqttClientOptionsBuilder> Tls(X509Certificate2? certificate = null, string? name = null) =>
        options => options
        .WithTcpServer("127.0.0.1", Host.MqttTlsPort)
        .WithTlsOptions(tls =>
        {
            tls.UseTls().WithTrustChain([Authority.Root]).WithRevocationMode(X509RevocationMode.NoCheck);
            if (name is not null) tls.WithTargetHost(name);
            if (certificate is not null) tls.WithClientCertificates([certificate]);
        });

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
