using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "DateKey = HMAC-SHA256("AWS4"+SecretAccessKey, yyyymmdd); DateRegionKey = HMAC-SHA256(DateKey, region);
/// DateRegionServiceKey = HMAC-SHA256(DateRegionKey, service); SigningKey = HMAC-SHA256(DateRegionServiceKey,
/// "aws4_request")". Source: IAM User Guide, "Create a signed AWS API request". Within its scope it is equivalent to
/// the secret, so it is never stored or logged; it may be cached for its day.
/// </summary>
public sealed class SigningKey
{
    private readonly byte[] _key = new byte[HMACSHA256.HashSizeInBytes];

    private SigningKey()
    {
    }

    public static SigningKey Derive(string secretAccessKey, CredentialScope scope)
    {
        var signingKey = new SigningKey();
        Span<byte> key = signingKey._key;
        // On the heap only where the secret is far longer than those of AWS, which have 40 characters.
        var size = 4 + Encoding.UTF8.GetMaxByteCount(secretAccessKey.Length);
        Span<byte> secret = size <= 512 ? stackalloc byte[size] : new byte[size];
        "AWS4"u8.CopyTo(secret);
        var length = 4 + Encoding.UTF8.GetBytes(secretAccessKey, secret[4..]);
        Chain(secret[..length], scope.Date, key);
        Chain(key, scope.Region, key);
        Chain(key, scope.Service, key);
        Chain(key, CredentialScope.Terminator, key);
        CryptographicOperations.ZeroMemory(secret);
        return signingKey;
    }

    /// <summary>"Signature = HexEncode(HMAC(SigningKey, StringToSign))", in lower case.</summary>
    internal void Sign(ReadOnlySpan<byte> stringToSign, Span<byte> signature)
    {
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, stringToSign, mac);
        Convert.TryToHexStringLower(mac, signature, out _);
    }

    private static void Chain(ReadOnlySpan<byte> key, string data, Span<byte> next)
    {
        var size = Encoding.UTF8.GetMaxByteCount(data.Length);
        Span<byte> bytes = size <= 256 ? stackalloc byte[size] : new byte[size];
        HMACSHA256.HashData(key, bytes[..Encoding.UTF8.GetBytes(data, bytes)], next);
    }
}
