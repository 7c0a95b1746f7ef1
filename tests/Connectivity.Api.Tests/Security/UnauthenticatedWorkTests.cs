using System.Net.Sockets;
using System.Text;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// An unauthenticated request makes the host hash a body of at most the surface's limit, and in most cases not even
/// that.
/// </summary>
public sealed class UnauthenticatedWorkTests(AccessHost access)
{
    private ApiHost Host => access.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("not signed")]
    [InlineData("unknown key")]
    [InlineData("out of its time")]
    [InlineData("wrong secret, body named")]
    public async Task Refuses_an_unauthenticated_request_before_its_body_is_read(string request)
    {
        var administrator = Host.Administrator;
        var (credentials, at) = request switch
        {
            "unknown key" => (administrator with { AccessKeyId = "AKIANOBODYHASTHISKEY" }, DateTimeOffset.UtcNow),
            "out of its time" => (administrator, DateTimeOffset.UtcNow.AddHours(-1)),
            "wrong secret, body named" => (administrator with { Secret = "another" }, DateTimeOffset.UtcNow),
            _ => (null, default),
        };
        foreach (var target in (string[])["/things/pump/connectivity-data", "/v1/lifecycle-events"])
        {
            var head = new RequestHead("POST", target);
            head.Add("host", Host.Address.Authority);
            head.Add("content-type", "application/json");
            head.Add("content-length", "100000");
            // The host would answer 100 Continue before it reads the body.
            head.Add("expect", "100-continue");
            credentials?.Signer().Sign(head, at, new byte[100_000]);

            (await AnswerToHeadAsync(head)).ShouldStartWith("HTTP/1.1 403 ");
        }
    }

    [Fact]
    public async Task A_body_that_is_hashed_before_authentication_is_limited_in_size()
    {
        var body = new byte[128 * 1024 + 1];
        var signer = (Host.Administrator with { Secret = "another" }).Signer();
        RawRequest Of(string target) => new RawRequest("POST", target)
            .Signed((head, _) => signer.Sign(head, DateTimeOffset.UtcNow, body, PayloadSigning.NotNamed));

        (await Of("/things/pump/connectivity-data").WithBody(body).SendAsync(Host))
            .ShouldBeAwsError(413, "RequestEntityTooLargeException");
        (await Of("/things/pump/connectivity-data").WithChunkedBody(body).SendAsync(Host))
            .ShouldBeAwsError(413, "RequestEntityTooLargeException");
        (await Of("/v1/nothing-is-here").WithBody(body).SendAsync(Host))
            .ShouldBeRefusal(413, "RequestEntityTooLargeException");
        // The limit for events is higher.
        (await Of("/v1/lifecycle-events").WithBody(body).SendAsync(Host))
            .ShouldBeRefusal(403, "InvalidSignatureException");
    }

    [Fact]
    public async Task Refuses_an_unauthenticated_request_without_the_database()
    {
        await using var host = await ApiHost.StartAsync();
        var connections = await TakeAllConnectionsAsync(host);
        try
        {
            var authenticated = host.GetAsync("/things");
            Credentials?[] unknown =
            [
                null,
                host.Administrator with { Secret = "another" },
                host.Administrator with { AccessKeyId = "AKIANOBODYHASTHISKEY" },
            ];
            foreach (var credentials in unknown)
            {
                using var http = host.ClientOf(credentials);
                using var answer = await http.GetAsync("/things", Ct);
                ((int)answer.StatusCode).ShouldBe(403);
            }

            authenticated.IsCompleted.ShouldBeFalse("an authenticated request waits for the database");
            await GiveBackAsync(connections);
            (await authenticated).Status.ShouldBe(200);
        }
        finally
        {
            await GiveBackAsync(connections);
        }
    }

    /// <summary>Opens connections until the host's pool is exhausted.</summary>
    private static async Task<Stack<NpgsqlConnection>> TakeAllConnectionsAsync(ApiHost host)
    {
        var pool = host.Services.GetRequiredService<NpgsqlDataSource>();
        var taken = new Stack<NpgsqlConnection>();
        while (true)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            timeout.CancelAfter(TimeSpan.FromMilliseconds(300));
            try
            {
                taken.Push(await pool.OpenConnectionAsync(timeout.Token));
            }
            catch (OperationCanceledException) when (!Ct.IsCancellationRequested)
            {
                return taken;
            }
        }
    }

    private static async Task GiveBackAsync(Stack<NpgsqlConnection> connections)
    {
        while (connections.TryPop(out var connection)) await connection.DisposeAsync();
    }

    /// <summary>The first line of the answer to the head without a body.</summary>
    private async Task<string?> AnswerToHeadAsync(RequestHead head)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        timeout.CancelAfter(TimeSpan.FromSeconds(20));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Host.Address.Host, Host.Address.Port, timeout.Token);
        await using var stream = new NetworkStream(socket);
        string[] lines =
        [
            $"{head.Method} {head.Target} HTTP/1.1",
            .. head.Headers.Select(header => $"{header.Key}: {header.Value}"),
            "", "",
        ];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)), timeout.Token);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(timeout.Token);
    }
}
