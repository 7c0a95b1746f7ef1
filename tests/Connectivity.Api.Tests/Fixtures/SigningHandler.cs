using Connectivity.Aws.SigV4;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>Signs the requests of an HTTP client.</summary>
public sealed class SigningHandler(
    Credentials credentials, string region = "us-east-1", HttpMessageHandler? inner = null)
    : DelegatingHandler(inner ?? new SocketsHttpHandler())
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var head = new RequestHead(request.Method.Method, request.RequestUri!.PathAndQuery);
        head.Add("host", request.Headers.Host ?? request.RequestUri.Authority);
        var unsigned = head.Headers.Count;
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        credentials.Signer(region).Sign(head, DateTimeOffset.UtcNow, body);
        foreach (var (name, value) in head.Headers.Skip(unsigned)) request.Headers.TryAddWithoutValidation(name, value);
        return await base.SendAsync(request, cancellationToken);
    }
}
