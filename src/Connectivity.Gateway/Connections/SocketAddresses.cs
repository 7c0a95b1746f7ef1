using System.Net;
using System.Net.Sockets;
using Connectivity.Domain.Lifecycle;
using SocketInformation = Connectivity.Domain.Lifecycle.SocketInformation;

namespace Connectivity.Gateway.Connections;

/// <summary>The two ends of an accepted socket. An IPv4 address that came mapped into IPv6 is IPv4.</summary>
internal static class SocketAddresses
{
    public static SocketInformation Of(Socket socket)
    {
        var source = socket.RemoteEndPoint as IPEndPoint;
        var target = socket.LocalEndPoint as IPEndPoint;
        return new SocketInformation(Text(source), source?.Port, Text(target), target?.Port, VpcEndpointId: null);
    }

    private static string? Text(IPEndPoint? end) => end?.Address switch
    {
        null => null,
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        // Without the scope of a link-local address, which means something on this host only.
        var address => new IPAddress(address.GetAddressBytes()).ToString(),
    };
}
