using System.Text;
using Connectivity.Aws.SigV4;
using Connectivity.Benchmarks.Heart.Hosting;
using Connectivity.Testing.SigV4;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>Composes signed requests as bytes.</summary>
public sealed class RequestComposer(Uri address, AccountKey key)
{
    private readonly RequestSigner _signer = key.Signer();

    /// <summary>The request line and the headers.</summary>
    public string Head(string target, ReadOnlySpan<byte> body, string method = "POST")
    {
        var head = new RequestHead(method, target);
        head.Add("host", address.Authority);
        head.Add("content-type", "application/json");
        _signer.Sign(head, DateTimeOffset.UtcNow, body);
        var text = new StringBuilder(512).Append($"{method} {target} HTTP/1.1\r\n");
        foreach (var (name, value) in head.Headers) text.Append(name).Append(": ").Append(value).Append("\r\n");
        return text.Append($"content-length: {body.Length}\r\n\r\n").ToString();
    }

    /// <summary>The whole request, which may be sent repeatedly.</summary>
    public byte[] Compose(string target, ReadOnlySpan<byte> body) =>
        [.. Encoding.ASCII.GetBytes(Head(target, body)), .. body];
}
