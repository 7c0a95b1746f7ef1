using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Connectivity.Aws.SigV4;

namespace Connectivity.Benchmarks.Access;

/// <summary>
/// The minimum cost of verifying a request: hashing the bytes that its signature covers and the chain of HMACs, with
/// every text already built.
/// </summary>
public sealed class SignatureFloor
{
    private readonly byte[] _body;
    private readonly byte[] _canonicalRequest;
    private readonly byte[] _stringToSign;
    private readonly byte[] _secret;
    private readonly byte[][] _scope;
    private readonly byte[] _cachedKey = new byte[HMACSHA256.HashSizeInBytes];

    public SignatureFloor(SignedCall call, string secret)
    {
        SignatureClaims.TryRead(call.Head, out var claims, out _);
        _body = call.Body;
        _canonicalRequest = Encoding.UTF8.GetBytes(
            CanonicalRequest.Text(call.Head, claims!.SignedHeaders, Convert.ToHexStringLower(SHA256.HashData(_body))));
        var time = call.SignedAt.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var hash = Convert.ToHexStringLower(SHA256.HashData(_canonicalRequest));
        _stringToSign = Encoding.UTF8.GetBytes($"AWS4-HMAC-SHA256\n{time}\n{claims.Scope}\n{hash}");
        _secret = Encoding.UTF8.GetBytes("AWS4" + secret);
        string[] scope = [claims.Scope.Date, claims.Scope.Region, claims.Scope.Service, CredentialScope.Terminator];
        _scope = [.. scope.Select(Encoding.UTF8.GetBytes)];
        Derive(_cachedKey);
        Span<byte> signature = stackalloc byte[HMACSHA256.HashSizeInBytes];
        SignWithDerivedKey(signature);
        var calculated = Convert.ToHexStringLower(signature);
        if (!call.Head.Headers.Any(header => header.Value.EndsWith(calculated)))
            throw new InvalidOperationException("The floor calculates another signature than the client.");
    }

    public void SignWithDerivedKey(Span<byte> signature)
    {
        Span<byte> key = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash();
        Derive(key);
        HMACSHA256.HashData(key, _stringToSign, signature);
    }

    /// <summary>Signs like a server that caches the signing key for its day.</summary>
    public void SignWithCachedKey(Span<byte> signature)
    {
        Hash();
        HMACSHA256.HashData(_cachedKey, _stringToSign, signature);
    }

    private void Hash()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_body, hash);
        SHA256.HashData(_canonicalRequest, hash);
    }

    private void Derive(Span<byte> key)
    {
        HMACSHA256.HashData(_secret, _scope[0], key);
        HMACSHA256.HashData(key, _scope[1], key);
        HMACSHA256.HashData(key, _scope[2], key);
        HMACSHA256.HashData(key, _scope[3], key);
    }
}
