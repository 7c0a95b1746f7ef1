namespace Connectivity.Access.Keys;

/// <summary>
/// Encrypts the secrets of access keys before they are stored. The API host implements it, with the key ring that all
/// hosts share: the database alone can't disclose them.
/// </summary>
public interface ISecretEncryption
{
    byte[] Encrypt(string secret);

    /// <summary>The secret, or null where it was encrypted with another key ring.</summary>
    string? Decrypt(byte[] encrypted);
}
