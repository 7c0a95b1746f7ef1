using System.Net;

namespace Connectivity.Api.Security;

/// <summary>The source addresses of requests.</summary>
public static class SourceAddresses
{
    /// <summary>The remote address of the connection; an IPv4-mapped IPv6 address is returned as IPv4.</summary>
    public static IPAddress? SourceAddress(this HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? mapped.MapToIPv4()
            : context.Connection.RemoteIpAddress;
}
