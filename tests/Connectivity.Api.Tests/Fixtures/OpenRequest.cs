using System.Net.Sockets;
using System.Text;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>A request whose body is sent as slowly as the test wants.</summary>
public sealed class OpenRequest : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>
    /// Sends the head of a POST whose signature is for this body. Without a named hash, the host has to read the body
    /// before it knows whether the signature is right.
    /// </summary>
    public static async Task<OpenRequest> StartAsync(
        Uri host, Credentials credentials, string target, ReadOnlyMemory<byte> body,
        PayloadSigning signing = PayloadSigning.NotNamed,
        string? contentEncoding = null)
    {
        var head = new RequestHead("POST", target);
        head.Add("host", host.Authority);
        head.Add("content-type", "application/json");
        head.Add("content-length", $"{body.Length}");
        if (contentEncoding is not null) head.Add("content-encoding", contentEncoding);
        credentials.Signer().Sign(head, DateTimeOffset.UtcNow, body.Span, signing);
        var request = new OpenRequest();
        await request._socket.ConnectAsync(host.Host, host.Port, Ct);
        string[] lines =
        [
            $"{head.Method} {head.Target} HTTP/1.1", .. head.Headers.Select(header => $"{header.Key}: {header.Value}"),
            "Connection: close", "", "",
        ];
        await request.SendAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)));
        return request;
    }

    /// <summary>Sends some of the body; false if the host has closed the connection.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes, Ct)..];
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>The response with its head; what arrived of it before the connection broke.</summary>
    public async Task<string> AnswerAsync()
    {
        var answer = new StringBuilder();
        var buffer = new byte[16 * 1024];
        try
        {
            while (await _socket.ReceiveAsync(buffer, Ct) is > 0 and var count)
                answer.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException)
        {
            // The host closed a connection whose request it did not read to the end.
        }

        return answer.ToString();
    }

    public void Dispose() => _socket.Dispose();
}
