using System.Net.Sockets;

namespace Connectivity.Gateway.Channels;

/// <summary>TCP without TLS.</summary>
internal sealed class PlainChannel(Socket socket) : DeviceChannel(socket)
{
    public override bool IsEncrypted => false;

    public override Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        Socket.ReceiveAsync(buffer, cancellationToken);

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0) bytes = bytes[await Socket.SendAsync(bytes, cancellationToken)..];
    }

    public override Task FinishSendingAsync()
    {
        Socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}
