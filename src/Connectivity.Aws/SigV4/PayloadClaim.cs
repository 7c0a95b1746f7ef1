namespace Connectivity.Aws.SigV4;

/// <summary>
/// What a request claims about its body in <c>x-amz-content-sha256</c>: "the hash of the request payload", or
/// "UNSIGNED-PAYLOAD". Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header".
/// </summary>
internal static class PayloadClaim
{
    public const string Header = "x-amz-content-sha256";

    public const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>The length of a SHA-256 in hexadecimal.</summary>
    public const int HashLength = 64;

    /// <param name="claim">
    /// Null where the request has no such header; the signature then covers the body's own hash.
    /// </param>
    public static AwsError? Read(RequestHead request, out string? claim)
    {
        claim = request.First(Header, out var count);
        if (claim is null) return null;
        if (count != 1) return AwsError.IncompleteSignature($"Header '{Header}' must occur once.");
        // STREAMING-* means a body in chunks with a signature each, which no operation of this API has.
        return claim == Unsigned || IsHash(claim)
            ? null
            : AwsError.IncompleteSignature($"{Header} must be {Unsigned} or a lower-case hexadecimal sha256 value.");
    }

    public static bool IsHash(ReadOnlySpan<char> text) =>
        text.Length == HashLength && !text.ContainsAnyExcept("0123456789abcdef");
}
