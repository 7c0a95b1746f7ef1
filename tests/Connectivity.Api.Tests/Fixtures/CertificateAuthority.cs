using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// A certificate authority that only its test trusts. An intermediate signs the certificates of servers.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    private readonly X509Certificate2 _issuer;

    public CertificateAuthority()
    {
        Root = Make("CN=Test root", authority: true, issuer: null);
        _issuer = Make("CN=Test issuer", authority: true, Root);
    }

    public X509Certificate2 Root { get; }

    /// <summary>Trusts the root and expects the intermediate from the server.</summary>
    public X509ChainPolicy Trust => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Root },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    /// <summary>A self-signed certificate, as devices have.</summary>
    public static X509Certificate2 SelfSigned(string name) => Make($"CN={name}", authority: false, issuer: null);

    /// <summary>
    /// Writes a new certificate for this machine, followed by the issuer's, and its key. Returns its thumbprint.
    /// </summary>
    public string Issue(string certificateFile, string keyFile)
    {
        using var server = Make("CN=localhost", authority: false, _issuer);
        using var key = server.GetECDsaPrivateKey()!;
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateFile, $"{server.ExportCertificatePem()}\n{_issuer.ExportCertificatePem()}\n");
        return server.Thumbprint;
    }

    /// <summary>
    /// The thumbprint of the certificate that this port presents to a new connection. Its chain must end at the root.
    /// </summary>
    public async Task<string> PresentedAtAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Trust },
            TestContext.Current.CancellationToken);
        return tls.RemoteCertificate!.GetCertHashString();
    }

    public void Dispose()
    {
        Root.Dispose();
        _issuer.Dispose();
    }

    private static X509Certificate2 Make(string subject, bool authority, X509Certificate2? issuer)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, critical: true));
        if (!authority)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("localhost");
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        var now = DateTimeOffset.UtcNow;
        if (issuer is null) return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        using var issued = request.Create(
            issuer, issuer.NotBefore, issuer.NotAfter, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }
}
