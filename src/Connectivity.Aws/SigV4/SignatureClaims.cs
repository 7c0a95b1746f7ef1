using System.Diagnostics.CodeAnalysis;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// What a request claims about its signature, not yet verified. Reading it is the first stage, which needs no secret,
/// no body and no store. Next are <see cref="SignatureRules"/>, the secret of <see cref="AccessKeyId"/>, and
/// <see cref="SignatureVerification"/>.
/// </summary>
public sealed class SignatureClaims
{
    private SignatureClaims(
        RequestHead request, SignatureParts parts, string accessKeyId, CredentialScope scope, string? payload)
    {
        (Request, Signature, SignedHeaders) = (request, parts.Signature, parts.SignedHeaders);
        (SignedAt, Expires, SessionToken) = (parts.SignedAt, parts.Expires, parts.SessionToken);
        (AccessKeyId, Scope, Payload) = (accessKeyId, scope, payload);
    }

    public string AccessKeyId { get; }

    public CredentialScope Scope { get; }

    /// <summary>When the request was signed, by the signer's clock; whole seconds.</summary>
    public DateTimeOffset SignedAt { get; }

    /// <summary>
    /// How long a presigned request is valid from <see cref="SignedAt"/> on, 1 second to 7 days; null in the header
    /// form.
    /// </summary>
    public TimeSpan? Expires { get; }

    /// <summary>The token that belongs to a temporary access key: the caller compares it with the key's own.</summary>
    public string? SessionToken { get; }

    /// <summary>Lower-case names, sorted, separated by semicolons.</summary>
    public string SignedHeaders { get; }

    /// <summary>
    /// True where the signature can be verified before the body is read, because the request names its body's hash or
    /// leaves its body unsigned.
    /// </summary>
    public bool NamesPayload => Payload is not null;

    /// <summary>True where the request leaves its body unsigned.</summary>
    public bool LeavesPayloadUnsigned => Payload == PayloadClaim.Unsigned;

    internal RequestHead Request { get; }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    internal string Signature { get; }

    /// <summary>The value of <c>x-amz-content-sha256</c>, null if the header is absent.</summary>
    internal string? Payload { get; }

    /// <returns>
    /// False with the error: MissingAuthenticationToken where the request has no signature, IncompleteSignature where
    /// it cannot be read, InvalidSignature where it cannot match or does not cover what it must, UnrecognizedClient
    /// where the access key id cannot be one.
    /// </returns>
    public static bool TryRead(
        RequestHead request, [NotNullWhen(true)] out SignatureClaims? claims, [NotNullWhen(false)] out AwsError? error)
    {
        error = Read(request, out claims);
        return claims is not null;
    }

    private static AwsError? Read(RequestHead request, out SignatureClaims? claims)
    {
        claims = null;
        if (SignatureParts.Read(request, out var parts) is { } unreadable) return unreadable;
        // No server delivers these; the canonical request would read the path as another, the method as several lines.
        if (!request.Path.StartsWith('/') || request.Method.Contains('\n'))
            return AwsError.IncompleteSignature("The request line must have a method and a path.");
        if (CredentialScope.Read(parts.Credential, out var accessKeyId, out var scope) is { } badCredential)
            return badCredential;
        if (SignedHeaderList.Check(parts.SignedHeaders, request) is { } notCovered) return notCovered;
        if (PayloadClaim.Read(request, out var payload) is { } badPayload) return badPayload;
        if (!PayloadClaim.IsHash(parts.Signature)) return AwsError.InvalidSignature(SignatureVerification.Mismatch);
        claims = new(request, parts, accessKeyId, scope, payload);
        return null;
    }
}
