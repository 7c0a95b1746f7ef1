using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Connectivity.Gateway.Channels;

namespace Connectivity.Gateway.Configuration;

/// <summary>Where the MQTT endpoint listens, and what it bears. Every bound has a default that is safe on a small machine.</summary>
public sealed record GatewayOptions
{
    /// <summary>The IP address to listen on. Default: 127.0.0.1. An IPv6 wildcard takes IPv4 too.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 is any free port. Default: 1883.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Whether to listen without TLS, on <see cref="Port"/>. Default: true.</summary>
    public bool PlainEnabled { get; init; } = true;

    /// <summary>The TCP port of MQTT over TLS, on the same address, where there is a certificate; 0 is any free port. Default: 8883.</summary>
    public int TlsPort { get; init; } = 8883;

    /// <summary>
    /// The server's certificate with its chain; null, the default, is no TLS. Asked for at every handshake, so that a renewed one holds at once:
    /// it returns the same object until there is another, as making one is expensive. Where it throws, the connection is closed.
    /// </summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>
    /// Sockets accepted in one second, on all endpoints together. Further ones wait, where the operating system lets them; none is lost.
    /// Default: 2,000.
    /// </summary>
    public int MaximumAcceptsPerSecond { get; init; } = 2_000;

    /// <summary>
    /// Open sockets whose device is not authenticated yet, on all endpoints together; while there are so many, no other is served.
    /// Default: 2,000.
    /// </summary>
    public int MaximumUnauthenticatedConnections { get; init; } = 2_000;

    /// <summary>
    /// Bytes of the largest CONNECT packet, will and fixed header included: what anyone may make the gateway hold. Default: 16,384 (16 KiB).
    /// </summary>
    public int MaximumConnectPacketSize { get; init; } = 16 * 1024;

    /// <summary>
    /// Bytes of the largest packet a client may send once it is authenticated, fixed header included. Default: 131,072 (128 KiB).
    /// </summary>
    public int MaximumPacketSize { get; init; } = 128 * 1024;

    /// <summary>Open sockets; one more is closed as soon as it is accepted. Default: 20,000.</summary>
    public int MaximumConnections { get; init; } = 20_000;

    /// <summary>
    /// How long a socket may be open without being authenticated: TLS handshake, CONNECT packet and the host's decision. Default: 10 s.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages routed to one client that it has not yet taken (QoS 0) or acknowledged; further ones are dropped. Default: 1,000.</summary>
    public int MaximumPendingMessagesPerClient { get; init; } = 1_000;

    /// <summary>Messages pending to all clients together. Default: 100,000.</summary>
    public int MaximumPendingMessages { get; init; } = 100_000;

    /// <summary>Bytes of the messages pending to all clients together, a message counted once for each receiver. Default: 64 MiB.</summary>
    public long MaximumPendingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Topic filters one client may be subscribed to; one more is refused. Default: 100.</summary>
    public int MaximumSubscriptionsPerClient { get; init; } = 100;

    /// <summary>
    /// Lifecycle events that wait for the sink in memory; beyond it the oldest are lost, and counted. While the sink fails, and there is a
    /// <see cref="SpillDirectory"/>, only what has just come. Default: 100,000, some 100 MB.
    /// </summary>
    public int MaximumQueuedEvents { get; init; } = 100_000;

    /// <summary>
    /// Where lifecycle events wait on disk while the sink fails, made where it is missing, in a folder for each gateway that runs on it; a gateway that
    /// starts hands over first what one before left there. They hold addresses: directory and files are the user's alone. Null is nowhere, the default.
    /// </summary>
    public string? SpillDirectory { get; init; }

    /// <summary>Bytes of the events on disk; for more of them the oldest are given up, and counted. Default: 1 GiB, some 2,000,000 events.</summary>
    public long MaximumSpillBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary>For tests: a test's connections all are loopback.</summary>
    internal Func<Socket, ConnectionEndpoints> EndpointsOf { get; init; } = ConnectionEndpoints.Of;

    /// <summary>All that is out of its bounds, each naming its option.</summary>
    /// <param name="hasCertificate">Whether there is a certificate, or is to be one.</param>
    public IReadOnlyList<string> Validate(bool hasCertificate)
    {
        List<string> errors = [];
        if (!IPAddress.TryParse(Address, out _)) errors.Add("Address must be an IP address");
        if (Port is < 0 or > 65535) errors.Add("Port must lie between 0 and 65535");
        if (MaximumPacketSize is < 1024 or > 268_435_460) errors.Add("MaximumPacketSize must lie between 1,024 and 268,435,460 bytes");
        if (MaximumConnectPacketSize < 1024 || MaximumConnectPacketSize > MaximumPacketSize)
            errors.Add("MaximumConnectPacketSize must lie between 1,024 bytes and MaximumPacketSize");
        if (TlsPort is < 0 or > 65535) errors.Add("TlsPort must lie between 0 and 65535");
        if (!PlainEnabled && !hasCertificate) errors.Add("PlainEnabled must be true where there is no certificate");
        if (ConnectTimeout <= TimeSpan.Zero) errors.Add("ConnectTimeout must be positive");
        AtLeastOne(MaximumConnections, nameof(MaximumConnections));
        AtLeastOne(MaximumAcceptsPerSecond, nameof(MaximumAcceptsPerSecond));
        AtLeastOne(MaximumUnauthenticatedConnections, nameof(MaximumUnauthenticatedConnections));
        AtLeastOne(MaximumPendingMessagesPerClient, nameof(MaximumPendingMessagesPerClient));
        AtLeastOne(MaximumPendingMessages, nameof(MaximumPendingMessages));
        AtLeastOne(MaximumPendingBytes, nameof(MaximumPendingBytes));
        AtLeastOne(MaximumSubscriptionsPerClient, nameof(MaximumSubscriptionsPerClient));
        AtLeastOne(MaximumQueuedEvents, nameof(MaximumQueuedEvents));
        if (MaximumSpillBytes < 1024 * 1024) errors.Add("MaximumSpillBytes must be at least 1,048,576 (1 MiB)");
        return errors;

        void AtLeastOne(long value, string name)
        {
            if (value < 1) errors.Add($"{name} must be at least 1");
        }
    }
}
