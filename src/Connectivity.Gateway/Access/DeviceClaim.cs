using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Connectivity.Gateway.Access;

/// <summary>What a connecting device claims, and how it is connected. Only the certificate is proven, by TLS.</summary>
public sealed record DeviceClaim
{
    /// <summary>1 to 1,024 bytes of UTF-8. If the device sent none, the id that the gateway would assign.</summary>
    public required string ClientId { get; init; }

    /// <summary>
    /// The device sent no client id: it is served only if the host admits the assigned one. Source: MQTT 5.0, section
    /// 3.1.3.1.
    /// </summary>
    public bool ClientIdIsAssigned { get; init; }

    /// <summary>Up to 1,024 bytes of UTF-8; null if the device sent none.</summary>
    public string? UserName { get; init; }

    /// <summary>Null if the device sent none. Wiped as soon as the host has answered: don't keep it.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>
    /// Null without TLS, or if the device sent none. The device has its key, and the time is within its validity; the
    /// issuer is not checked. Disposed as soon as the host has answered: don't keep it.
    /// </summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The connection is TLS. Without TLS there is a password only if both endpoints are loopback.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The remote address. An IPv4 address is never mapped into IPv6.</summary>
    public required IPAddress Source { get; init; }

    /// <summary>The server name that the device sent in TLS: RFC 6066, section 3. Null if there is none.</summary>
    public string? ServerName { get; init; }

    /// <summary>The topic of the will; null if there is none.</summary>
    public string? WillTopic { get; init; }

    /// <summary>
    /// The device asks for a session that outlasts its connection: without Clean Session in MQTT 3.1.1, section
    /// 3.1.2.4, and with a Session Expiry Interval above 0 in MQTT 5.0, section 3.1.2.11.2.
    /// </summary>
    public bool IsPersistent { get; init; }

    /// <summary>Contains no secret and no address, so that it can be logged.</summary>
    public override string ToString() => $"{nameof(DeviceClaim)} of {ClientId}";
}
