using System.Security.Cryptography;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using Connectivity.Aws.SigV4;

namespace Connectivity.Access.Keys;

/// <summary>A user with its policies.</summary>
public sealed record Principal(string AccountId, string UserName, IReadOnlyList<AttachedPolicy> Policies)
{
    public string Arn { get; } = Aws.Arn.User(AccountId, UserName);
}

/// <summary>An access key that is enabled.</summary>
public sealed class AccessKey(StoredAccessKey stored, Principal principal, string? secret)
{
    /// <summary>Derived once a day: the scope of a signature changes daily.</summary>
    private volatile Tuple<CredentialScope, SigningKey>? _signingKey;

    public Principal Principal => principal;

    /// <summary>False where the secret was encrypted with another key ring: no signature can be verified.</summary>
    public bool IsUsable => secret is not null;

    /// <summary>When a temporary key was created; null for a permanent one.</summary>
    public DateTimeOffset? TokenIssuedAt => stored.SessionTokenHash is null ? null : stored.CreatedAt;

    /// <summary>The error where the claims of the signature don't match the key, or null.</summary>
    public AwsError? Validate(SignatureClaims claims, DateTimeOffset now)
    {
        if ((claims.SessionToken is null) != (stored.SessionTokenHash is null)) return AwsError.UnrecognizedClient();
        if (claims.SessionToken is { } token
            && !CryptographicOperations.FixedTimeEquals(NewAccessKey.HashOf(token), stored.SessionTokenHash))
            return AwsError.UnrecognizedClient();
        return stored.ExpiresAt <= now ? AwsError.ExpiredToken() : null;
    }

    public SigningKey SigningKey(CredentialScope scope)
    {
        if (_signingKey is { } known && known.Item1 == scope) return known.Item2;
        var derived = Aws.SigV4.SigningKey.Derive(secret!, scope);
        _signingKey = new Tuple<CredentialScope, SigningKey>(scope, derived);
        return derived;
    }
}
