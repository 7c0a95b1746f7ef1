using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Api.Http;

/// <summary>
/// The position where the next page of a listing begins, opaque to callers and bound to that listing. It is not signed:
/// a caller may invent one, so its position is input like any other.
/// </summary>
public static class PageToken
{
    /// <param name="position">Where the previous page ended.</param>
    /// <param name="listing">Identifies the listing and its filter; a token is valid only for the same one.</param>
    public static string Write<T>(T position, string listing)
        where T : IParsable<T> => Base64Url.EncodeToString(
            [
                .. Fingerprint(listing),
                .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{position}")),
            ]);

    /// <summary>
    /// Reads the position: text that the database can hold, and of this type. False if the token is invalid or was
    /// issued for another listing.
    /// </summary>
    public static bool TryRead<T>(string token, string listing, [MaybeNullWhen(false)] out T position)
        where T : IParsable<T>
    {
        position = default;
        if (!Base64Url.IsValid(token)) return false;
        var bytes = Base64Url.DecodeFromChars(token).AsSpan();
        var fingerprint = Fingerprint(listing);
        return bytes.StartsWith(fingerprint)
            && StorableText.Of(bytes[fingerprint.Length..]) is { } text
            && T.TryParse(text, CultureInfo.InvariantCulture, out position);
    }

    private static byte[] Fingerprint(string listing) => SHA256.HashData(Encoding.UTF8.GetBytes(listing))[..8];
}
