using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;

namespace Connectivity.Benchmarks.Heart.Load;

/// <param name="Body">Valid until the next request of the connection.</param>
public readonly record struct WireResponse(int Status, ReadOnlyMemory<byte> Body);

/// <summary>
/// An HTTP/1.1 connection with one request at a time, of bytes that are composed before. It costs a fraction of
/// HttpClient, which would otherwise be the slowest part of what is measured.
/// </summary>
public sealed class WireConnection : IDisposable
{
    private readonly Uri _address;
    private Socket? _socket;
    private byte[] _received = new byte[32 * 1024];
    private byte[] _body = new byte[32 * 1024];
    private int _length;

    public WireConnection(Uri address) => _address = address;

    public async ValueTask<WireResponse> SendAsync(ReadOnlyMemory<byte> request)
    {
        if (_socket is null)
        {
            _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await _socket.ConnectAsync(_address.Host, _address.Port);
        }

        while (request.Length > 0) request = request[await _socket.SendAsync(request)..];
        _length = 0;
        WireResponse response;
        while (!TryRead(out response))
        {
            if (_length == _received.Length) Array.Resize(ref _received, _received.Length * 2);
            var read = await _socket.ReceiveAsync(_received.AsMemory(_length));
            if (read == 0) throw new IOException("The host closed the connection instead of answering.");
            _length += read;
        }

        return response;
    }

    public void Dispose() => _socket?.Dispose();

    /// <summary>Reads the response from what was received; false where more is to come.</summary>
    private bool TryRead(out WireResponse response)
    {
        response = default;
        var received = _received.AsSpan(0, _length);
        var head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0) return false;
        Utf8Parser.TryParse(received[9..12], out int status, out _);
        var rest = received[(head + 4)..];
        if (ContentLength(received[..(head + 2)]) is { } length)
        {
            if (rest.Length < length) return false;
            response = new WireResponse(status, _received.AsMemory(head + 4, length));
            return true;
        }

        if (!TryReadChunks(rest, out var decoded)) return false;
        response = new WireResponse(status, _body.AsMemory(0, decoded));
        return true;
    }

    private bool TryReadChunks(ReadOnlySpan<byte> rest, out int decoded)
    {
        decoded = 0;
        while (true)
        {
            var line = rest.IndexOf("\r\n"u8);
            if (line < 0) return false;
            var size = int.Parse(rest[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (rest.Length < line + 2 + size + 2) return false;
            if (size == 0) return true;
            if (_body.Length < decoded + size) Array.Resize(ref _body, Math.Max(_body.Length * 2, decoded + size));
            rest.Slice(line + 2, size).CopyTo(_body.AsSpan(decoded));
            decoded += size;
            rest = rest[(line + 2 + size + 2)..];
        }
    }

    private static int? ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out int length, out _) ? length : null;
    }
}
