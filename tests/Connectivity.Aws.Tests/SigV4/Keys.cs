using System.Security.Cryptography;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>The key of AWS's own examples, and the stages in which a host verifies a request.</summary>
internal static class Keys
{
    public const string Id = "AKIDEXAMPLE";
    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    public const string Region = "us-east-1";

    public const string Mismatch =
        "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    public static readonly DateTimeOffset Now = new(2026, 11, 23, 6, 12, 40, TimeSpan.Zero);

    public static readonly SignatureRules Rules = new(Region, ["iot", "execute-api"]);

    public static RequestSigner Signer(string? sessionToken = null) => new(Id, Secret, Region, "iot", sessionToken);

    public static SignatureClaims Claims(RequestHead request)
    {
        SignatureClaims.TryRead(request, out var claims, out var error).ShouldBeTrue(error?.Message);
        return claims!;
    }

    /// <summary>Runs all stages and returns the first error.</summary>
    public static AwsError? Verify(
        RequestHead request, ReadOnlySpan<byte> body, DateTimeOffset? now = null, bool unsignedPayloadAllowed = false,
        SignatureRules? rules = null)
    {
        if (!SignatureClaims.TryRead(request, out var claims, out var error)) return error;
        if ((rules ?? Rules).Check(claims, now ?? Now, unsignedPayloadAllowed) is { } refused) return refused;
        if (claims.AccessKeyId != Id) return AwsError.UnrecognizedClient();
        var key = SigningKey.Derive(Secret, claims.Scope);
        return SignatureVerification.VerifyWithBody(claims, key, SHA256.HashData(body));
    }
}
