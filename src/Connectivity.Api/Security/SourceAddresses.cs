using System.Net;
using System.Net.Sockets;

namespace Connectivity.Api.Security;

/// <summary>The source addresses of requests.</summary>
public static class SourceAddresses
{
    /// <summary>The remote address of the connection; an IPv4-mapped IPv6 address is returned as IPv4.</summary>
    public static IPAddress? SourceAddress(this HttpContext context) =>
        context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped
            ? mapped.MapToIPv4()
            : context.Connection.RemoteIpAddress;

    /// <summary>The address itself; for IPv6 the /64 network, because one subscriber may have all of it.</summary>
    public static IPAddress? Network(this IPAddress? address)
    {
        if (address?.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
