using System.Security.Cryptography;
using System.Text;
using Connectivity.Access.Keys;
using Connectivity.Api.Database;
using Connectivity.Api.Lifetime;
using Microsoft.AspNetCore.DataProtection;

namespace Connectivity.Api.Security;

/// <summary>
/// Encrypts the secrets of access keys before they are stored: a signature can only be checked by one who has the secret, so a hash of it
/// would not do. The keys of the encryption are in the key ring, which is no part of the database nor of its backups.
/// </summary>
public sealed class SecretEncryption(IDataProtectionProvider provider) : ISecretEncryption
{
    private readonly IDataProtector _protector = provider.CreateProtector("Connectivity.AccessKeys");

    public byte[] Encrypt(string secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret));

    /// <summary>The secret, or null where it was encrypted with another key ring.</summary>
    public string? Decrypt(byte[] encrypted)
    {
        try
        {
            return Encoding.UTF8.GetString(_protector.Unprotect(encrypted));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}

/// <summary>Where the keys are that secrets are encrypted with.</summary>
public static class KeyRing
{
    /// <exception cref="StartupException">
    /// The database is one that several hosts may share, and the setting that gives them one key ring is missing.
    /// </exception>
    public static void AddKeyRing(this IServiceCollection services, IConfiguration configuration, SecurityOptions options, DatabaseOptions database)
    {
        var shared = options.KeyRingDirectory is { Length: > 0 } set ? set : null;
        if (shared is null && configuration.GetConnectionString(HostDatabase.ConnectionStringName) is { Length: > 0 })
            throw new StartupException(
                "Connectivity:KeyRingDirectory (Connectivity__KeyRingDirectory) is not set. With ConnectionStrings:Connectivity it must name a directory that "
                + "lasts, and that all hosts on the database share: the keys are kept there that the secrets of access keys are encrypted with.");
        var directory = PrivateFiles.CreateDirectory(shared ?? Path.Combine(database.DataDirectory, "keyring"));
        services.AddDataProtection().SetApplicationName("Connectivity").PersistKeysToFileSystem(directory);
        services.AddSingleton<ISecretEncryption, SecretEncryption>();
    }
}
