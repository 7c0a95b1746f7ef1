using System.Net.Sockets;
using System.Text;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>
/// What the server answers itself, before the host sees a request: a status without a body, in neither surface's form.
/// The table is that of docs/http-api.md.
/// </summary>
public sealed class ServerAnswerTests(IndexingHost indexing)
{
    private const string Host = "Host: localhost\r\n";

    public static TheoryData<string, int> Requests => new()
    {
        { "nonsense\r\n\r\n", 400 },
        { "GET\r\n\r\n", 400 },
        { $"GET /things/a b HTTP/1.1\r\n{Host}\r\n", 400 },
        { $"GET /things/ä HTTP/1.1\r\n{Host}\r\n", 400 },
        { $"GET /things/a%00b HTTP/1.1\r\n{Host}\r\n", 400 },
        { "GET /things HTTP/1.1\r\n\r\n", 400 },
        { $"GET /things HTTP/1.1\r\n{Host}{Host}\r\n", 400 },
        { $"GET /things HTTP/1.1\r\n{Host}a b: c\r\n\r\n", 400 },
        { $"GET /things HTTP/1.1\r\n{Host}a: b\0\r\n\r\n", 400 },
        { $"POST /things/a HTTP/1.1\r\n{Host}Content-Length: x\r\n\r\n", 400 },
        { $"POST /things/a HTTP/1.1\r\n{Host}Content-Length: -1\r\n\r\n", 400 },
        { $"POST /things/a HTTP/1.1\r\n{Host}Transfer-Encoding: gzip\r\n\r\n", 400 },
        { $"GET /{new string('a', 9000)} HTTP/1.1\r\n{Host}\r\n", 414 },
        { $"GET /things HTTP/1.1\r\n{Host}a: {new string('b', 40_000)}\r\n\r\n", 431 },
        { $"GET /things HTTP/1.1\r\n{Host}{string.Concat(Enumerable.Repeat("a: b\r\n", 200))}\r\n", 431 },
        { $"GET /things HTTP/2.5\r\n{Host}\r\n", 505 },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task A_request_that_is_not_http_has_a_status_and_no_body(string request, int status)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(
            indexing.Host.Address.Host, indexing.Host.Address.Port, TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        var lines = (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Split("\r\n");

        lines[0].ShouldStartWith($"HTTP/1.1 {status} ");
        lines.ShouldContain("Content-Length: 0");
        lines.ShouldContain("Connection: close");
        lines[^2..].ShouldBe(["", ""]);
    }
}
