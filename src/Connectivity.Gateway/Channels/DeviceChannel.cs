using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Gateway.Protocol;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// The bytes of one connection, whatever carries them. A lost connection is a <see cref="SocketException"/>, a closed one an
/// <see cref="ObjectDisposedException"/> or one as well.
/// </summary>
internal abstract class DeviceChannel(Socket socket) : IDisposable
{
    protected Socket Socket => socket;

    public abstract bool IsEncrypted { get; }

    /// <summary>Known once the channel is open; null if there is none.</summary>
    public virtual X509Certificate2? ClientCertificate => null;

    /// <summary>Something has arrived that was not received yet.</summary>
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

    /// <summary>Comes before everything else.</summary>
    /// <exception cref="ProtocolErrorException">The peer does not keep to the protocol below MQTT, or its certificate does not hold.</exception>
    public abstract Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The number of bytes received, 0 at the end. Into an empty buffer: waits until there is something to receive or the connection is
    /// gone, and holds no buffer meanwhile. One at a time.
    /// </summary>
    /// <exception cref="ProtocolErrorException">The peer does not keep to the protocol below MQTT.</exception>
    public abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>Sends all of the bytes. One at a time.</summary>
    public abstract ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Tells the peer that nothing more is sent. What it sends can still be received.</summary>
    public abstract Task FinishSendingAsync();

    /// <summary>Reads what comes, and forgets it, until the peer closes.</summary>
    public async Task DiscardAsync(CancellationToken cancellationToken)
    {
        var discarded = new byte[4096];
        while (await socket.ReceiveAsync(discarded, cancellationToken) > 0)
        {
        }
    }

    /// <summary>Closes the connection, whatever is under way on it.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Frees the rest. Nothing may be under way.</summary>
    public virtual void Dispose() => Close();
}
