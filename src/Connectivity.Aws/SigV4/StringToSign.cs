using System.Security.Cryptography;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "StringToSign = Algorithm + '\n' + RequestDateTime + '\n' + CredentialScope + '\n' + HashedCanonicalRequest".
/// Source: AWS General Reference, "Create a string to sign".
/// </summary>
internal static class StringToSign
{
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Turns the canonical request into the string to sign, in the same buffer.</summary>
    public static void Replace(ref CanonicalText canonicalRequest, DateTimeOffset time, CredentialScope scope)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonicalRequest.Written, hash);
        canonicalRequest.Truncate(0);
        canonicalRequest.Append("AWS4-HMAC-SHA256\n"u8);
        canonicalRequest.Append(SigningTime.Print(time));
        canonicalRequest.Append((byte)'\n');
        scope.Append(ref canonicalRequest);
        canonicalRequest.Append((byte)'\n');
        canonicalRequest.AppendLowerHex(hash);
    }
}
