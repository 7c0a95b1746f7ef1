using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Gateway.Protocol;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// The byte stream of one connection, plain or over TLS. A lost connection throws a <see cref="SocketException"/>, a
/// closed one an <see cref="ObjectDisposedException"/> or a <see cref="SocketException"/>.
/// </summary>
internal abstract class DeviceChannel(Socket socket) : IDisposable
{
    protected Socket Socket => socket;

    public abstract bool IsEncrypted { get; }

    /// <summary>Set once the channel is open; null if the client sent none.</summary>
    public virtual X509Certificate2? ClientCertificate => null;

    /// <inheritdoc cref="Access.DeviceClaim.ServerName"/>
    public virtual string? ServerName => null;

    /// <summary>Bytes have arrived that are not received yet.</summary>
    public bool HasUnread
    {
        get
        {
            try
            {
                return socket.Available > 0;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    /// <summary>Opens the channel; called before any other method.</summary>
    /// <exception cref="ProtocolErrorException">
    /// The peer violates the protocol below MQTT, or its certificate is not valid.
    /// </exception>
    public abstract Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Returns the number of bytes received, 0 at the end. With an empty buffer it waits until there is something to
    /// receive or the connection is gone, and needs no memory in the meantime. One call at a time.
    /// </summary>
    /// <exception cref="ProtocolErrorException">The peer violates the protocol below MQTT.</exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all of the bytes. One call at a time.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Shuts down the sending side. What the peer sends can still be received.</summary>
    public abstract Task FinishSendingAsync();

    /// <summary>Reads and discards until the peer closes.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var discarded = new byte[4096];
        while (await socket.ReceiveAsync(discarded, cancellationToken) > 0)
        {
        }
    }

    /// <summary>Closes the connection, also while a call is in progress.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Frees the rest. No call may be in progress.</summary>
    public virtual void Dispose() => Close();
}
