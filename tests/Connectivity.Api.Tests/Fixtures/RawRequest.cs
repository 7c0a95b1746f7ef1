using System.Net.Sockets;
using System.Text;
using Connectivity.Aws.SigV4;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>
/// A request that is written byte by byte, because HTTP clients normalize requests before they send them.
/// </summary>
public sealed class RawRequest(string method, string target)
{
    private readonly List<string> _headers = [];
    private byte[] _body = [];
    private byte[] _content = [];
    private Action<RequestHead, byte[]>? _sign;

    /// <summary>Sends without a signature instead of signing as the administrator.</summary>
    public RawRequest Unsigned() => Signed((_, _) => { });

    /// <summary>
    /// Signs with a custom function. The head contains <c>host</c>; exactly the headers that the function adds are
    /// sent.
    /// </summary>
    public RawRequest Signed(Action<RequestHead, byte[]> sign)
    {
        _sign = sign;
        return this;
    }

    public RawRequest SignedAs(
        Credentials credentials, string region = "us-east-1", string service = "iot", DateTimeOffset? at = null) =>
        Signed((head, body) => credentials.Signer(region, service).Sign(head, at ?? DateTimeOffset.UtcNow, body));

    public RawRequest WithHeader(string name, string value)
    {
        _headers.Add($"{name}: {value}");
        return this;
    }

    public RawRequest WithBody(byte[] body, string? contentType = "application/json")
    {
        if (contentType is not null) WithHeader("Content-Type", contentType);
        _content = _body = body;
        return WithHeader("Content-Length", body.Length.ToString());
    }

    public RawRequest WithBody(string body, string? contentType = "application/json") =>
        WithBody(Encoding.UTF8.GetBytes(body), contentType);

    /// <summary>A chunked body, whose length is not sent beforehand.</summary>
    public RawRequest WithChunkedBody(byte[] body, string contentType = "application/json")
    {
        WithHeader("Content-Type", contentType).WithHeader("Transfer-Encoding", "chunked");
        var chunks = body.Chunk(8000)
            .SelectMany(chunk => (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]);
        _content = body;
        _body = [.. chunks, .. "0\r\n\r\n"u8];
        return this;
    }

    public async Task<Answer> SendAsync(ApiHost host, string? hostHeader = null)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(host.Address.Host, host.Address.Port, timeout.Token);
        await using var stream = new NetworkStream(socket);
        hostHeader ??= host.Address.Authority;
        string[] head =
        [
            $"{method} {target} HTTP/1.1", $"Host: {hostHeader}", "Connection: close", .. _headers,
            .. Signature(host, hostHeader), "", "",
        ];
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", head)), timeout.Token);
            await stream.WriteAsync(_body, timeout.Token);
        }
        catch (IOException)
        {
            // The server refused the request half-way; its answer can still be read.
        }

        return Parse(await ReadAsync(stream, timeout.Token));
    }

    private IEnumerable<string> Signature(ApiHost host, string hostHeader)
    {
        if (_sign is null) SignedAs(host.Administrator);
        var head = new RequestHead(method, target);
        head.Add("host", hostHeader);
        _sign!(head, _content);
        return head.Headers.Skip(1).Select(header => $"{header.Key}: {header.Value}");
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        try
        {
            await stream.CopyToAsync(bytes, ct);
        }
        catch (IOException)
        {
            // The server closed the connection without reading the whole request; the bytes received before count.
        }

        return bytes.ToArray();
    }

    private static Answer Parse(byte[] response)
    {
        var end = response.AsSpan().IndexOf("\r\n\r\n"u8);
        end.ShouldBeGreaterThan(0, "The host closed the connection without an answer.");
        var lines = Encoding.ASCII.GetString(response, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2))
            .ToDictionary(header => header[0], header => header[1], StringComparer.OrdinalIgnoreCase);
        var body = response[(end + 4)..];
        if (headers.GetValueOrDefault("Transfer-Encoding") == "chunked") body = Unchunked(body);
        return new Answer(int.Parse(lines[0].Split(' ')[1]), headers, Encoding.UTF8.GetString(body));
    }

    private static byte[] Unchunked(ReadOnlySpan<byte> chunks)
    {
        var body = new List<byte>();
        while (true)
        {
            var end = chunks.IndexOf("\r\n"u8);
            var length = Convert.ToInt32(Encoding.ASCII.GetString(chunks[..end]), 16);
            if (length == 0) return [.. body];
            body.AddRange(chunks.Slice(end + 2, length));
            chunks = chunks[(end + 2 + length + 2)..];
        }
    }
}
