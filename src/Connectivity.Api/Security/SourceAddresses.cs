using System.Net;

namespace Connectivity.Api.Security;

/// <summary>Where requests come from.</summary>
public static class SourceAddresses
{
    /// <summary>The other end of the connection; an IPv4 address that came mapped into IPv6 is IPv4.</summary>
    public static IPAddress? SourceAddress(this HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
}
