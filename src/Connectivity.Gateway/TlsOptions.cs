using System.Net.Security;

namespace Connectivity.Gateway;

/// <summary>MQTT over TLS 1.2 and 1.3, with or without a client certificate.</summary>
public sealed record TlsOptions
{
    /// <summary>The TCP port; 0 is any free port. Default: 8883.</summary>
    public int Port { get; init; } = 8883;

    /// <summary>
    /// The server's certificate with its chain. Asked for at every handshake, so that a renewed one holds at once: it returns the same
    /// object until there is another, as making one is dear. Where it throws, the connection is closed.
    /// </summary>
    public required Func<SslStreamCertificateContext> Certificate { get; init; }
}
