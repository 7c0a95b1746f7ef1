using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>Self-signed certificates for the tests.</summary>
public static class Certificates
{
    public static readonly X509Certificate2 Server = SelfSigned("localhost", -1, 1);

    public static readonly SslStreamCertificateContext ServerContext =
        SslStreamCertificateContext.Create(Server, null, offline: true);

    public static SslStreamCertificateContext Context() => ServerContext;

    /// <param name="from">Days from now.</param>
    /// <param name="to">Days from now.</param>
    public static X509Certificate2 SelfSigned(string name, int from, int to)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(from), now.AddDays(to));
    }
}
