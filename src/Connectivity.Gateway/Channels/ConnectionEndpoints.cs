using System.Net;
using System.Net.Sockets;
using SocketInformation = Connectivity.Domain.Lifecycle.SocketInformation;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// The two endpoints of an accepted socket. An IPv4 address mapped into IPv6 becomes IPv4; a link-local address loses
/// its scope, which is valid on this host only.
/// </summary>
internal sealed record ConnectionEndpoints(IPEndPoint Source, IPEndPoint Target)
{
    /// <summary>The traffic never leaves this host.</summary>
    public bool AreLoopback => IPAddress.IsLoopback(Source.Address) && IPAddress.IsLoopback(Target.Address);

    public SocketInformation Information =>
        new(Source.Address.ToString(), Source.Port, Target.Address.ToString(), Target.Port, VpcEndpointId: null);

    /// <exception cref="SocketException">The socket is closed already.</exception>
    public static ConnectionEndpoints Of(Socket socket) =>
        new(Normalize(socket.RemoteEndPoint), Normalize(socket.LocalEndPoint));

    private static IPEndPoint Normalize(EndPoint? endpoint) =>
        endpoint is IPEndPoint { Address: var address, Port: var port }
            ? new IPEndPoint(
                address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : new IPAddress(address.GetAddressBytes()), port)
            : throw new SocketException((int)SocketError.NotConnected);
}
