using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Connectivity.Gateway.Access;

/// <summary>What a device that wants to connect says of itself, and how it came. The certificate alone is proven, by TLS.</summary>
public sealed record DeviceClaim
{
    /// <summary>1 to 1,024 bytes of UTF-8. Where the device sent none, the one that the gateway would give it.</summary>
    public required string ClientId { get; init; }

    /// <summary>The device sent no client id: it is served only if it is admitted with the one assigned. Source: MQTT 5.0, section 3.1.3.1.</summary>
    public bool ClientIdIsAssigned { get; init; }

    /// <summary>Up to 1,024 bytes of UTF-8; null if there was none.</summary>
    public string? UserName { get; init; }

    /// <summary>Null if there was none. Wiped as soon as the answer is there: not to be kept.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>
    /// Null if there was none, or no TLS. The device has its key, and the time is within its validity; who issued it was not looked at.
    /// Disposed of as soon as the answer is there: not to be kept.
    /// </summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The connection is TLS. Over another, a password has come only if both of its ends are loopback.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>Where the connection comes from. An IPv4 address is never mapped into IPv6.</summary>
    public required IPAddress Source { get; init; }

    /// <summary>Says no secret and no address, whoever logs it.</summary>
    public override string ToString() => $"{nameof(DeviceClaim)} of {ClientId}";
}
