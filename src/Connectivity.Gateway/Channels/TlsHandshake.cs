using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// What TLS requires of a device: a safe version, and, if it presents a certificate, its key and its dates. Which
/// certificates are admitted is decided by the host, because a device's certificate may have no issuer.
/// </summary>
internal sealed class TlsHandshake(Func<SslStreamCertificateContext> certificate, TimeProvider clock, ILogger logger)
{
    private long _failures;

    /// <exception cref="ProtocolErrorException">The server's certificate is not available.</exception>
    public SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificateContext = Certificate(),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        // Every connection proves possession of its key.
        AllowTlsResume = false,
        // Requests a certificate; the callback accepts a client without one.
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, presented, _, _) => presented is null || IsWithinValidity(presented),
        // URLs in an unknown client's certificate must not make this host send requests.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        },
    };

    private bool IsWithinValidity(X509Certificate presented)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return presented is X509Certificate2 certificate2
            && now >= certificate2.NotBefore.ToUniversalTime() && now <= certificate2.NotAfter.ToUniversalTime();
    }

    private SslStreamCertificateContext Certificate()
    {
        try
        {
            return certificate();
        }
        catch (Exception exception)
        {
            if (Interlocked.Increment(ref _failures) % 1000 == 1) logger.NoServerCertificate(exception.GetType().Name);
            throw new ProtocolErrorException(MqttDisconnectReasonCode.ServerBusy);
        }
    }
}
