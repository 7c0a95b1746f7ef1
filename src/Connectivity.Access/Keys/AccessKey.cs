using System.Security.Claims;
using System.Security.Cryptography;
using Connectivity.Aws;
using Connectivity.Aws.Policies;
using Connectivity.Aws.SigV4;

namespace Connectivity.Access.Keys;

/// <summary>
/// A user with its policies, as one scheme authenticates it. Requests share it, so it is never changed.
/// </summary>
public sealed class Principal : ClaimsPrincipal
{
    /// <param name="scheme">The name of the authentication scheme.</param>
    /// <param name="tokenIssuedAt">When the temporary key was created; null for a permanent one.</param>
    /// <param name="accessKeyId">Null where no access key authenticates it.</param>
    public Principal(
        string accountId,
        string userName,
        IReadOnlyList<AttachedPolicy> policies,
        string scheme,
        DateTimeOffset? tokenIssuedAt = null,
        string? accessKeyId = null)
    {
        (AccountId, UserName, Policies, TokenIssuedAt) = (accountId, userName, policies, tokenIssuedAt);
        AccessKeyId = accessKeyId;
        Arn = Aws.Arn.User(accountId, userName);
        AddIdentity(new ClaimsIdentity(
            [new Claim(ClaimTypes.NameIdentifier, Arn), new Claim(ClaimTypes.Name, userName)], scheme));
    }

    public string AccountId { get; }

    public string UserName { get; }

    public string Arn { get; }

    public IReadOnlyList<AttachedPolicy> Policies { get; }

    public DateTimeOffset? TokenIssuedAt { get; }

    public string? AccessKeyId { get; }
}

/// <summary>An access key that is enabled.</summary>
public sealed class AccessKey(StoredAccessKey stored, IReadOnlyList<AttachedPolicy> policies, string? secret)
{
    /// <summary>The authentication scheme of requests that access keys sign: Signature Version 4.</summary>
    public const string Scheme = "sigv4";

    /// <summary>Derived once a day: the scope of a signature changes daily.</summary>
    private volatile Tuple<CredentialScope, SigningKey>? _signingKey;

    /// <summary>Whom the key authenticates: made once, because every request needs it.</summary>
    public Principal Principal { get; } = new(
        stored.AccountId, stored.UserName, policies, Scheme, stored.SessionTokenHash is null ? null : stored.CreatedAt,
        stored.AccessKeyId);

    /// <summary>False where the secret was encrypted with another key ring: no signature can be verified.</summary>
    public bool IsUsable => secret is not null;

    /// <summary>The error where the claims of the signature don't match the key, or null.</summary>
    public AwsError? Validate(SignatureClaims claims, DateTimeOffset now)
    {
        if ((claims.SessionToken is null) != (stored.SessionTokenHash is null)) return AwsError.UnrecognizedClient();
        if (claims.SessionToken is { } token
            && !CryptographicOperations.FixedTimeEquals(NewAccessKey.HashOf(token), stored.SessionTokenHash))
            return AwsError.UnrecognizedClient();
        return IsExpired(now) ? AwsError.ExpiredToken() : null;
    }

    public bool IsExpired(DateTimeOffset now) => stored.ExpiresAt <= now;

    public SigningKey SigningKey(CredentialScope scope)
    {
        if (_signingKey is { } known && known.Item1 == scope) return known.Item2;
        var derived = Aws.SigV4.SigningKey.Derive(secret!, scope);
        _signingKey = new Tuple<CredentialScope, SigningKey>(scope, derived);
        return derived;
    }
}
