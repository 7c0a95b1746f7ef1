namespace Connectivity.Access.Keys;

/// <summary>
/// Encrypts the secrets of access keys before they are stored. The host implements it, with the key ring that its hosts share: who stores
/// secrets can't read them.
/// </summary>
public interface ISecretEncryption
{
    byte[] Encrypt(string secret);

    /// <summary>The secret, or null where it was encrypted with another key ring.</summary>
    string? Decrypt(byte[] encrypted);
}
