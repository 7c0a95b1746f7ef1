using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// What TLS asks of a device: a version that is safe, and, if it presents a certificate, its key and its dates. Whose certificates are
/// admitted is decided elsewhere, as not every device's has an issuer.
/// </summary>
internal sealed class TlsHandshake(Func<SslStreamCertificateContext> certificate, TimeProvider clock, ILogger logger)
{
    private long _failures;

    /// <exception cref="ProtocolErrorException">The server's certificate could not be had.</exception>
    public SslServerAuthenticationOptions Options() => new()
    {
        ServerCertificateContext = Certificate(),
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowRenegotiation = false,
        // Every connection proves its key anew.
        AllowTlsResume = false,
        // Asks for one; the callback lets come who has none.
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, presented, _, _) => presented is null || Holds(presented),
        // What a stranger's certificate refers to must not make this host call anyone.
        CertificateChainPolicy = new X509ChainPolicy
        {
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
            TrustMode = X509ChainTrustMode.CustomRootTrust,
        },
    };

    private bool Holds(X509Certificate presented)
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
