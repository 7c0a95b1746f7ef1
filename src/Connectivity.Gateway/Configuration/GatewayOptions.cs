using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Connectivity.Gateway.Channels;

namespace Connectivity.Gateway.Configuration;

/// <summary>
/// Where the MQTT endpoint listens, and its limits. Every limit has a default that is safe on a small machine.
/// </summary>
public sealed record GatewayOptions
{
    /// <summary>The IP address to listen on. Default: 127.0.0.1. An IPv6 wildcard accepts IPv4 too.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>The TCP port; 0 is any free port. Default: 1883.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Whether to listen without TLS, on <see cref="Port"/>. Default: true.</summary>
    public bool PlainEnabled { get; init; } = true;

    /// <summary>
    /// The TCP port of MQTT over TLS, on the same address, if there is a certificate; 0 is any free port. Default:
    /// 8883.
    /// </summary>
    public int TlsPort { get; init; } = 8883;

    /// <summary>
    /// Returns the server's certificate with its chain; null, the default, means no TLS. Called at every handshake, so
    /// that a renewed certificate applies at once; it should return the same object until then, because creating one is
    /// expensive. If it throws, the connection is closed.
    /// </summary>
    public Func<SslStreamCertificateContext>? Certificate { get; init; }

    /// <summary>
    /// Sockets of one source address (IPv6: of its /64 network) that are served per second, on all endpoints together;
    /// further ones wait. Default: 2,000.
    /// </summary>
    public int MaximumAcceptsPerSecond { get; init; } = 2_000;

    /// <summary>
    /// Open sockets whose device is not authenticated yet, on all endpoints together; at the limit a further one
    /// displaces the longest-silent one of the source address that has the most. Default: 5,000, more than the
    /// operating system lets wait to be accepted.
    /// </summary>
    public int MaximumUnauthenticatedConnections { get; init; } = 5_000;

    /// <summary>
    /// Bytes of the largest CONNECT packet, will and fixed header included: the memory that an unauthenticated client
    /// can occupy. Default: 16,384 (16 KiB).
    /// </summary>
    public int MaximumConnectPacketSize { get; init; } = 16 * 1024;

    /// <summary>
    /// Bytes of the largest packet a client may send once it is authenticated, fixed header included. Default: 131,072
    /// (128 KiB).
    /// </summary>
    public int MaximumPacketSize { get; init; } = 128 * 1024;

    /// <summary>
    /// Open sockets of authenticated devices; once there are as many, a further socket is closed as soon as it is
    /// accepted. Default: 20,000.
    /// </summary>
    public int MaximumConnections { get; init; } = 20_000;

    /// <summary>
    /// How long a socket may be open without being authenticated: TLS handshake, CONNECT packet and the host's
    /// decision. Default: 10 s.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Messages routed to one client and not yet sent (QoS 0) or acknowledged (QoS 1 and 2); further ones are dropped.
    /// Default: 1,000.
    /// </summary>
    public int MaximumPendingMessagesPerClient { get; init; } = 1_000;

    /// <summary>
    /// Bytes of the messages of clients pending to all clients together, a message counted once for each receiver.
    /// Beyond 4 KiB, which are always its own, one client never takes more than is still free, so at most half of it.
    /// Default: 64 MiB.
    /// </summary>
    public long MaximumPendingBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of the presence messages pending to all clients together, by the same rule. Default: 16 MiB.
    /// </summary>
    public long MaximumPendingPresenceBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Topic filters that one client may subscribe to; one more is refused. Default: 100.</summary>
    public int MaximumSubscriptionsPerClient { get; init; } = 100;

    /// <summary>
    /// Lifecycle events that wait for the sink in memory; beyond it the oldest are lost and counted. With a
    /// <see cref="SpillDirectory"/>, a failing sink leaves only the newest events in memory. Default: 100,000, about
    /// 100 MB.
    /// </summary>
    public int MaximumQueuedEvents { get; init; } = 100_000;

    /// <summary>
    /// Where lifecycle events wait on disk while the sink fails: one folder for each gateway that uses the directory at
    /// the same time. Created if it is missing. A starting gateway first delivers what a previous one left there. The
    /// events contain addresses, so only the owner can access directory and files. Null, the default, means no spill.
    /// </summary>
    public string? SpillDirectory { get; init; }

    /// <summary>
    /// Bytes of the events on disk; beyond it the oldest are dropped and counted. Default: 1 GiB, about 2,000,000
    /// events.
    /// </summary>
    public long MaximumSpillBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary>For tests, whose connections are all loopback.</summary>
    internal Func<Socket, ConnectionEndpoints> EndpointsOf { get; init; } = ConnectionEndpoints.Of;

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="hasCertificate">Whether there is a certificate, or will be one.</param>
    public IReadOnlyList<string> Validate(bool hasCertificate)
    {
        List<string> errors = [];
        if (!IPAddress.TryParse(Address, out _)) errors.Add("Address must be an IP address");
        if (Port is < 0 or > 65535) errors.Add("Port must lie between 0 and 65535");
        if (MaximumPacketSize is < 1024 or > 268_435_460)
            errors.Add("MaximumPacketSize must lie between 1,024 and 268,435,460 bytes");
        if (MaximumConnectPacketSize < 1024 || MaximumConnectPacketSize > MaximumPacketSize)
            errors.Add("MaximumConnectPacketSize must lie between 1,024 bytes and MaximumPacketSize");
        if (TlsPort is < 0 or > 65535) errors.Add("TlsPort must lie between 0 and 65535");
        if (!PlainEnabled && !hasCertificate) errors.Add("PlainEnabled must be true if there is no certificate");
        if (ConnectTimeout <= TimeSpan.Zero) errors.Add("ConnectTimeout must be positive");
        RequireAtLeastOne(MaximumConnections, nameof(MaximumConnections));
        RequireAtLeastOne(MaximumAcceptsPerSecond, nameof(MaximumAcceptsPerSecond));
        RequireAtLeastOne(MaximumUnauthenticatedConnections, nameof(MaximumUnauthenticatedConnections));
        RequireAtLeastOne(MaximumPendingMessagesPerClient, nameof(MaximumPendingMessagesPerClient));
        RequireAtLeastOne(MaximumPendingBytes, nameof(MaximumPendingBytes));
        RequireAtLeastOne(MaximumPendingPresenceBytes, nameof(MaximumPendingPresenceBytes));
        RequireAtLeastOne(MaximumSubscriptionsPerClient, nameof(MaximumSubscriptionsPerClient));
        RequireAtLeastOne(MaximumQueuedEvents, nameof(MaximumQueuedEvents));
        if (MaximumSpillBytes < 1024 * 1024) errors.Add("MaximumSpillBytes must be at least 1,048,576 (1 MiB)");
        return errors;

        void RequireAtLeastOne(long value, string name)
        {
            if (value < 1) errors.Add($"{name} must be at least 1");
        }
    }
}
