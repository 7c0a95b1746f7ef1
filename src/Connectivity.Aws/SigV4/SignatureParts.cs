namespace Connectivity.Aws.SigV4;

/// <summary>
/// The parts of a signature, wherever the request carries them. "You can use one of the following methods: HTTP
/// Authorization header … Query string parameters." Source: IAM User Guide, "AWS Signature Version 4 for API requests",
/// authentication methods.
/// </summary>
internal readonly record struct SignatureParts(
    string Credential, string SignedHeaders, string Signature, DateTimeOffset SignedAt, TimeSpan? Expires,
    string? SessionToken)
{
    public static AwsError? Read(RequestHead request, out SignatureParts parts)
    {
        parts = default;
        var authorization = request.First("authorization", out var count);
        var query = PresignedQuery.Find(request.Query);
        if (authorization is null)
            return query.IsSigned ? query.Read(request, out parts) : AwsError.MissingAuthenticationToken();
        if (query.IsSigned)
        {
            return AwsError.IncompleteSignature(
                "A request must be signed in its Authorization header or its query, not in both.");
        }

        return count == 1
            ? AuthorizationHeader.Read(authorization, request, out parts)
            : AwsError.IncompleteSignature("Header 'Authorization' must occur once.");
    }

    /// <summary>The session token in the header, which both forms of signature allow.</summary>
    public static AwsError? ReadSessionToken(RequestHead request, out string? token)
    {
        token = request.First("x-amz-security-token", out var count);
        return count <= 1 ? null : AwsError.IncompleteSignature("Header 'X-Amz-Security-Token' must occur once.");
    }
}
