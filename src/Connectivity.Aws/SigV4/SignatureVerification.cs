using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// The last stage, with the signing key: "the service … calculates a signature in the same way … If the signatures
/// match, the request is processed." Source: IAM User Guide, "AWS Signature Version 4 for API requests". Where the
/// claims name the payload, the signature is verified before the body is read and the body after; else both together.
/// </summary>
public static class SignatureVerification
{
    internal const string Mismatch =
        "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    private static readonly AwsError SignatureMismatch = AwsError.InvalidSignature(Mismatch);

    private static readonly AwsError BodyMismatch =
        AwsError.InvalidSignature($"The provided '{PayloadClaim.Header}' header does not match what was computed.");

    /// <summary>
    /// Verifies everything but the body, whose hash the request names; <see cref="VerifyBody"/> must follow.
    /// </summary>
    /// <returns>Null where the signature matches, else InvalidSignature.</returns>
    /// <exception cref="InvalidOperationException">The claims do not name the payload.</exception>
    public static AwsError? VerifyBeforeBody(SignatureClaims claims, SigningKey key) =>
        VerifySignature(claims, key, NamedPayload(claims));

    /// <summary>Verifies that the body is the one that the signature covers. An unsigned body may be any.</summary>
    /// <param name="bodySha256">
    /// SHA-256 of the body's bytes as received, 32 bytes; of zero bytes where there is no body.
    /// </param>
    /// <inheritdoc cref="VerifyBeforeBody" path="/exception"/>
    public static AwsError? VerifyBody(SignatureClaims claims, ReadOnlySpan<byte> bodySha256)
    {
        var named = NamedPayload(claims);
        if (claims.LeavesPayloadUnsigned) return null;
        Span<char> actual = stackalloc char[PayloadClaim.HashLength];
        return Convert.TryToHexStringLower(bodySha256, actual, out var length) && actual[..length].SequenceEqual(named)
            ? null
            : BodyMismatch;
    }

    /// <summary>Verifies the signature and the body together, whether or not the request names its payload.</summary>
    /// <inheritdoc cref="VerifyBody" path="/param"/>
    public static AwsError? VerifyWithBody(SignatureClaims claims, SigningKey key, ReadOnlySpan<byte> bodySha256)
    {
        if (claims.NamesPayload) return VerifyBeforeBody(claims, key) ?? VerifyBody(claims, bodySha256);
        Span<char> payload = stackalloc char[PayloadClaim.HashLength];
        return Convert.TryToHexStringLower(bodySha256, payload, out var length)
            ? VerifySignature(claims, key, payload[..length])
            : SignatureMismatch;
    }

    private static string NamedPayload(SignatureClaims claims) =>
        claims.Payload ?? throw new InvalidOperationException(
            "The request does not name its payload: it can be verified only together with the body.");

    private static AwsError? VerifySignature(SignatureClaims claims, SigningKey key, ReadOnlySpan<char> payload)
    {
        Span<byte> expected = stackalloc byte[PayloadClaim.HashLength];
        Sign(claims.Request, claims.SignedHeaders, payload, claims.SignedAt, claims.Scope, key, expected);
        Span<byte> provided = stackalloc byte[PayloadClaim.HashLength];
        Encoding.ASCII.GetBytes(claims.Signature, provided);
        return CryptographicOperations.FixedTimeEquals(expected, provided) ? null : SignatureMismatch;
    }

    /// <summary>All stages of the calculation, shared with the signer.</summary>
    internal static void Sign(
        RequestHead request, ReadOnlySpan<char> signedHeaders, ReadOnlySpan<char> payload, DateTimeOffset time,
        CredentialScope scope, SigningKey key, Span<byte> signature)
    {
        var text = new CanonicalText(1024);
        CanonicalRequest.Append(ref text, request, signedHeaders, payload);
        StringToSign.Replace(ref text, time, scope);
        key.Sign(text.Written, signature);
        text.Dispose();
    }
}
