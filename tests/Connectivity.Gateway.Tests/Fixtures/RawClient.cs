using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Connectivity.Gateway.Tests.Fixtures;

/// <summary>A client that sends arbitrary bytes.</summary>
public sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
    {
        NoDelay = true,
    };
    private Stream _stream = Stream.Null;

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <param name="from">The source address, of loopback.</param>
    public static async Task<RawClient> OpenAsync(int port, string from = "127.0.0.1")
    {
        var client = new RawClient();
        client._socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await client._socket.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        client._stream = new NetworkStream(client._socket);
        return client;
    }

    public static async Task<RawClient> OpenTlsAsync(
        int port, X509Certificate2? certificate = null, SslProtocols versions = SslProtocols.None)
    {
        var client = await OpenAsync(port);
        var tls = new SslStream(client._stream);
        client._stream = tls;
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "localhost",
                EnabledSslProtocols = versions,
                ClientCertificateContext = certificate is null
                    ? null
                    : SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = (_, presented, _, _) =>
                    presented!.GetCertHashString() == Certificates.Server.GetCertHashString(),
            },
            TestContext.Current.CancellationToken);
        return client;
    }

    /// <summary>Builds a CONNECT.</summary>
    public static byte[] Connect(
        string clientId, byte level = 4, ushort keepAlive = 60, byte flags = 2, string protocol = "MQTT") =>
    [
        .. Packet(0x10, [
            .. String(protocol), level, flags, (byte)(keepAlive >> 8), (byte)keepAlive,
            .. level == 5 ? [(byte)0] : Array.Empty<byte>(),
            .. String(clientId)])
    ];

    public static byte[] String(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    public static byte[] Packet(byte first, byte[] body)
    {
        List<byte> packet = [first];
        var length = body.Length;
        do
        {
            packet.Add((byte)(length % 128 | (length >= 128 ? 0x80 : 0)));
            length /= 128;
        }
        while (length > 0);
        return [.. packet, .. body];
    }

    /// <exception cref="SocketException">The server closed the connection.</exception>
    public async Task SendAsync(params byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        }
        catch (IOException exception) when (exception.InnerException is SocketException)
        {
            throw exception.InnerException;
        }
    }

    /// <summary>Connects and reads the CONNACK.</summary>
    public async Task ConnectAsync(string clientId, byte level = 4, ushort keepAlive = 60)
    {
        await SendAsync(Connect(clientId, level, keepAlive));
        (await ReadPacketAsync())![0].ShouldBe((byte)0x20);
    }

    /// <summary>Returns the next packet, of less than 128 bytes; null if the server closed the connection.</summary>
    public async Task<byte[]?> ReadPacketAsync()
    {
        var header = new byte[2];
        if (!await ReadAsync(header)) return null;
        var body = new byte[header[1]];
        return await ReadAsync(body) ? [.. header, .. body] : null;
    }

    /// <summary>Shuts down the sending side only.</summary>
    public void CloseHalf() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends TLS and leaves TCP open.</summary>
    public Task CloseTlsAsync() => ((SslStream)_stream).ShutdownAsync();

    /// <summary>Bypasses TLS.</summary>
    public async Task SendPlainAsync(params byte[] bytes) =>
        await _socket.SendAsync(bytes, TestContext.Current.CancellationToken);

    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> ReadAsync(Memory<byte> bytes)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        try
        {
            while (bytes.Length > 0)
            {
                var received = await _stream.ReadAsync(bytes, timeout.Token);
                if (received == 0) return false;
                bytes = bytes[received..];
            }

            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
