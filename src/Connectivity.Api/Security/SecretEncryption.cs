using System.Security.Cryptography;
using System.Text;
using Connectivity.Access.Keys;
using Connectivity.Api.Database;
using Connectivity.Api.Lifetime;
using Microsoft.AspNetCore.DataProtection;

namespace Connectivity.Api.Security;

/// <summary>
/// Encrypts the secrets of access keys before they are stored: verifying a signature takes the secret itself, so a hash
/// would not do. The encryption keys are in the key ring, which is not part of the database or its backups.
/// </summary>
public sealed class SecretEncryption(IDataProtectionProvider provider) : ISecretEncryption
{
    private readonly IDataProtector _protector = provider.CreateProtector("Connectivity.AccessKeys");

    public byte[] Encrypt(string secret) => _protector.Protect(Encoding.UTF8.GetBytes(secret));

    /// <summary>The secret, or null if it was encrypted with another key ring.</summary>
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

/// <summary>Stores the keys that encrypt secrets.</summary>
public static class KeyRing
{
    /// <exception cref="StartupException">
    /// Several hosts may share the database, and the setting for their common key ring is missing.
    /// </exception>
    public static void AddKeyRing(
        this IServiceCollection services,
        IConfiguration configuration,
        SecurityOptions options,
        DatabaseOptions database)
    {
        var shared = options.KeyRingDirectory is { Length: > 0 } set ? set : null;
        if (shared is null && configuration.GetConnectionString(HostDatabase.ConnectionStringName) is { Length: > 0 })
            throw new StartupException(
                "Connectivity:KeyRingDirectory (Connectivity__KeyRingDirectory) is not set. With "
                + "ConnectionStrings:Connectivity it must name a persistent directory that all hosts on the database "
                + "share: it holds the keys that encrypt the secrets of access keys.");
        var directory = StartupFiles.CreateDirectory(shared ?? Path.Combine(database.DataDirectory, "keyring"));
        services.AddDataProtection().SetApplicationName("Connectivity").PersistKeysToFileSystem(directory);
        services.AddSingleton<ISecretEncryption, SecretEncryption>();
    }
}
