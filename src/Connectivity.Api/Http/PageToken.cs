using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Api.Http;

/// <summary>
/// The position where the next page of a listing begins, opaque to callers and bound to that listing.
/// </summary>
public static class PageToken
{
    /// <param name="position">Where the previous page ended.</param>
    /// <param name="listing">Identifies the listing and its filter; a token is valid only for the same one.</param>
    public static string Write(string position, string listing) =>
        Base64Url.EncodeToString([.. Fingerprint(listing), .. Encoding.UTF8.GetBytes(position)]);

    /// <summary>The position, or null if the token is invalid or was issued for another listing.</summary>
    public static string? Read(string token, string listing)
    {
        if (!Base64Url.IsValid(token)) return null;
        var bytes = Base64Url.DecodeFromChars(token);
        var fingerprint = Fingerprint(listing);
        return bytes.AsSpan().StartsWith(fingerprint)
            ? Encoding.UTF8.GetString(bytes, fingerprint.Length, bytes.Length - fingerprint.Length)
            : null;
    }

    private static byte[] Fingerprint(string listing) => SHA256.HashData(Encoding.UTF8.GetBytes(listing))[..8];
}
