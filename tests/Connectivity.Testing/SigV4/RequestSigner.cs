using System.Security.Cryptography;
using System.Text;
using Connectivity.Aws.SigV4;

namespace Connectivity.Testing.SigV4;

/// <summary>How a signer treats the body.</summary>
public enum PayloadSigning
{
    /// <summary>Its hash is signed, and named in <c>x-amz-content-sha256</c>, as the AWS SDKs do.</summary>
    Named,

    /// <summary>Its hash is signed and not named, as the AWS CLI does.</summary>
    NotNamed,

    /// <summary>It is not signed: <c>UNSIGNED-PAYLOAD</c>.</summary>
    Unsigned,
}

/// <summary>Signs requests with the code that verifies them: for tests, benchmarks and tools.</summary>
/// <param name="sessionToken">The token of a temporary access key.</param>
public sealed class RequestSigner(
    string accessKeyId, string secretAccessKey, string region, string service = "iot", string? sessionToken = null)
{
    /// <summary>
    /// Adds the headers of the signature to the request; it covers all headers of the request but those that change in
    /// transit.
    /// </summary>
    /// <param name="request">Includes the <c>host</c> header.</param>
    public void Sign(
        RequestHead request, DateTimeOffset time, ReadOnlySpan<byte> body,
        PayloadSigning payload = PayloadSigning.Named)
    {
        request.Add("x-amz-date", SigningTime.Print(time));
        if (sessionToken is not null) request.Add("x-amz-security-token", sessionToken);
        var hash = Payload(body, payload);
        if (payload != PayloadSigning.NotNamed) request.Add(PayloadClaim.Header, hash);
        var signedHeaders = SignedHeaders(request);
        var scope = Scope(time);
        var signature = Signature(request, signedHeaders, hash, time, scope);
        request.Add(
            "authorization",
            $"{StringToSign.Algorithm} Credential={accessKeyId}/{scope}, SignedHeaders={signedHeaders}, "
                + $"Signature={signature}");
    }

    /// <summary>
    /// The request with its signature in the query. Its headers, which the signature covers, must be sent as well.
    /// </summary>
    /// <inheritdoc cref="Sign" path="/param"/>
    /// <param name="expires">1 second to 7 days.</param>
    public RequestHead Presign(RequestHead request, DateTimeOffset time, TimeSpan expires, ReadOnlySpan<byte> body)
    {
        var (scope, signedHeaders) = (Scope(time), SignedHeaders(request));
        var target = request.Target + (request.Target.Contains('?') ? "&" : "?")
            + $"X-Amz-Algorithm={StringToSign.Algorithm}"
            + $"&X-Amz-Credential={Uri.EscapeDataString($"{accessKeyId}/{scope}")}"
            + $"&X-Amz-Date={SigningTime.Print(time)}&X-Amz-Expires={(long)expires.TotalSeconds}"
            + (sessionToken is null ? "" : $"&X-Amz-Security-Token={Uri.EscapeDataString(sessionToken)}")
            + $"&X-Amz-SignedHeaders={Uri.EscapeDataString(signedHeaders)}";
        var payload = request.First(PayloadClaim.Header, out _) ?? Payload(body, PayloadSigning.NotNamed);
        var signature = Signature(WithTarget(request, target), signedHeaders, payload, time, scope);
        return WithTarget(request, $"{target}&X-Amz-Signature={signature}");
    }

    private static string Payload(ReadOnlySpan<byte> body, PayloadSigning payload) =>
        payload == PayloadSigning.Unsigned ? PayloadClaim.Unsigned : Convert.ToHexStringLower(SHA256.HashData(body));

    private static string SignedHeaders(RequestHead request)
    {
        var names = request.Headers.Select(header => header.Key.ToLowerInvariant()).Where(ArrivesUnchanged);
        return string.Join(';', names.Distinct().Order(StringComparer.Ordinal));
    }

    private static bool ArrivesUnchanged(string name) =>
        name is not ("user-agent" or "connection" or "expect" or "transfer-encoding" or "x-amzn-trace-id")
        && !name.StartsWith("amz-sdk-", StringComparison.Ordinal);

    private static RequestHead WithTarget(RequestHead request, string target)
    {
        var copy = new RequestHead(request.Method, target);
        foreach (var (name, value) in request.Headers) copy.Add(name, value);
        return copy;
    }

    private CredentialScope Scope(DateTimeOffset time) => new(SigningTime.Print(time)[..8], region, service);

    private string Signature(
        RequestHead request, string signedHeaders, string payload, DateTimeOffset time, CredentialScope scope)
    {
        Span<byte> signature = stackalloc byte[PayloadClaim.HashLength];
        SignatureVerification.Sign(
            request, signedHeaders, payload, time, scope, SigningKey.Derive(secretAccessKey, scope), signature);
        return Encoding.ASCII.GetString(signature);
    }
}
