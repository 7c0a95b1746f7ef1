using System.Net;
using System.Net.Sockets;
using SocketInformation = Connectivity.Domain.Lifecycle.SocketInformation;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// The two ends of an accepted socket. An IPv4 address that came mapped into IPv6 is IPv4; of a link-local one the scope is left out,
/// which means something on this host only.
/// </summary>
internal sealed record ConnectionEndpoints(IPEndPoint Source, IPEndPoint Target)
{
    /// <summary>Nothing between the two ends leaves this host.</summary>
    public bool AreLoopback => IPAddress.IsLoopback(Source.Address) && IPAddress.IsLoopback(Target.Address);

    public SocketInformation Information =>
        new(Source.Address.ToString(), Source.Port, Target.Address.ToString(), Target.Port, VpcEndpointId: null);

    /// <exception cref="SocketException">The socket is closed already.</exception>
    public static ConnectionEndpoints Of(Socket socket) => new(Plain(socket.RemoteEndPoint), Plain(socket.LocalEndPoint));

    private static IPEndPoint Plain(EndPoint? end) => end is IPEndPoint { Address: var address, Port: var port }
        ? new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes()), port)
        : throw new SocketException((int)SocketError.NotConnected);
}
