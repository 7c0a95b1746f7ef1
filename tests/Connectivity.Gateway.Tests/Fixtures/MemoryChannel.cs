using System.Net.Sockets;
using Connectivity.Gateway.Channels;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>
/// A connection whose client has already sent all its bytes, which arrive in chunks; then it shuts down its sending
/// side.
/// </summary>
/// <param name="chunkSize">Bytes that arrive at once.</param>
internal sealed class MemoryChannel(byte[] received, int chunkSize) : DeviceChannel(Nowhere)
{
    private static readonly Socket Nowhere = Closed();

    private readonly MemoryStream _sent = new();
    private int _read;

    public override bool IsEncrypted => false;

    /// <summary>The bytes sent to the client.</summary>
    public ReadOnlySpan<byte> Sent => _sent.GetBuffer().AsSpan(0, (int)_sent.Length);

    public override Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = Math.Min(chunkSize, Math.Min(buffer.Length, received.Length - _read));
        received.AsMemory(_read, count).CopyTo(buffer);
        _read += count;
        return ValueTask.FromResult(count);
    }

    public override ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _sent.WriteAsync(bytes, cancellationToken);

    public override Task FinishSendingAsync() => Task.CompletedTask;

    private static Socket Closed()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Dispose();
        return socket;
    }
}
