using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Access.Keys;

/// <summary>A new access key: the only time its secret is visible.</summary>
/// <param name="SessionToken">Of a temporary key: must come with every request that is signed with it.</param>
public sealed record NewAccessKey(string AccessKeyId, string Secret, string? SessionToken, DateTimeOffset? ExpiresAt)
{
    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>
    /// A key in AWS's form: AKIA and 16 characters, with a secret of 240 random bits; a temporary key begins with ASIA.
    /// </summary>
    /// <param name="expiresAt">Null for a permanent key.</param>
    public static NewAccessKey Create(DateTimeOffset? expiresAt = null) => new(
        (expiresAt is null ? "AKIA" : "ASIA") + RandomNumberGenerator.GetString(IdCharacters, 16),
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)),
        expiresAt is null ? null : Convert.ToBase64String(RandomNumberGenerator.GetBytes(48)),
        expiresAt);

    /// <summary>SHA-256 of a session token, which is random and long.</summary>
    public static byte[] HashOf(string sessionToken) => SHA256.HashData(Encoding.UTF8.GetBytes(sessionToken));

    public StoredAccessKey ToStored(string accountId, string userName, ISecretEncryption encryption) => new(
        AccessKeyId, accountId, userName, encryption.Encrypt(Secret),
        SessionToken is null ? null : HashOf(SessionToken), ExpiresAt,
        IsEnabled: true, CreatedAt: default);

    /// <summary>A profile of the AWS shared credentials file.</summary>
    public string ToProfile(string name) =>
        $"""
        [{name}]
        aws_access_key_id = {AccessKeyId}
        aws_secret_access_key = {Secret}

        """ + (SessionToken is null ? "" : $"aws_session_token = {SessionToken}\n");
}
