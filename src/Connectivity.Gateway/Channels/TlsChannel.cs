using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Gateway.Protocol;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// TLS over TCP. An end without a close_notify is a normal end: MQTT itself marks the end of a session with DISCONNECT.
/// </summary>
internal sealed class TlsChannel(Socket socket, TlsHandshake handshake) : DeviceChannel(socket)
{
    // Only Close closes the socket: the stream may be in use at that time, and is freed later.
    private readonly SslStream _stream = new(new NetworkStream(socket, ownsSocket: false));

    public override bool IsEncrypted => true;

    public override X509Certificate2? ClientCertificate => _stream.RemoteCertificate as X509Certificate2;

    public override string? ServerName => _stream.TargetHostName is { Length: > 0 } name ? name : null;

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _stream.AuthenticateAsServerAsync(handshake.Options(), cancellationToken);
        }
        catch (Exception exception) when (exception is AuthenticationException or NotSupportedException)
        {
            throw new ProtocolErrorException(MqttDisconnectReasonCode.ProtocolError);
        }
        catch (IOException exception)
        {
            throw Translate(exception);
        }
    }

    public override async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await _stream.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException exception)
        {
            throw Translate(exception);
        }
    }

    public override async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            await _stream.WriteAsync(bytes, cancellationToken);
        }
        catch (IOException exception)
        {
            throw Translate(exception);
        }
    }

    public override async Task FinishSendingAsync()
    {
        try
        {
            await _stream.ShutdownAsync();
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (IOException exception)
        {
            throw Translate(exception);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _stream.Dispose();
    }

    /// <summary>
    /// Without an inner exception the stream ended within a TLS record; an inner exception of another type than the
    /// socket's means that the bytes are not TLS.
    /// </summary>
    private static Exception Translate(IOException exception) => exception.InnerException switch
    {
        SocketException or ObjectDisposedException => exception.InnerException,
        null => new SocketException((int)SocketError.ConnectionReset),
        _ => new ProtocolErrorException(MqttDisconnectReasonCode.ProtocolError),
    };
}
