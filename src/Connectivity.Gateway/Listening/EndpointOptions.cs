using System.Net;
using System.Net.Security;

namespace Connectivity.Gateway.Listening;

/// <summary>An address to listen on.</summary>
/// <param name="Address">An IPv6 wildcard accepts IPv4 too.</param>
/// <param name="Port">0 is any free port.</param>
/// <param name="Certificate">
/// Null for plain TCP; for TLS see <see cref="Configuration.GatewayOptions.Certificate"/>.
/// </param>
public sealed record EndpointOptions(
    IPAddress Address, int Port, Func<SslStreamCertificateContext>? Certificate = null);
