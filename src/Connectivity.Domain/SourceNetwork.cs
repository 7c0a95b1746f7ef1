using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Connectivity.Domain;

/// <summary>What counts as one source: the limits of callers that have proved nothing apply to it.</summary>
public static class SourceNetwork
{
    /// <summary>The address itself; for IPv6 the /64 network, because one subscriber may have all of it.</summary>
    [return: NotNullIfNotNull(nameof(address))]
    public static IPAddress? Network(this IPAddress? address)
    {
        if (address?.AddressFamily != AddressFamily.InterNetworkV6) return address;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
