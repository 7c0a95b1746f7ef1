using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Api.Http;

/// <summary>
/// Where the next page of a listing begins, in a form that callers hand back unread. It is bound to the question it was given for.
/// </summary>
public static class PageToken
{
    /// <param name="position">Where the page before ended.</param>
    /// <param name="question">What was asked for; the same question must come with the token.</param>
    public static string Write(string position, string question) =>
        Base64Url.EncodeToString([.. Fingerprint(question), .. Encoding.UTF8.GetBytes(position)]);

    /// <summary>The position, or null where the token is none or was given for another question.</summary>
    public static string? Read(string token, string question)
    {
        if (!Base64Url.IsValid(token)) return null;
        var bytes = Base64Url.DecodeFromChars(token);
        var fingerprint = Fingerprint(question);
        return bytes.AsSpan().StartsWith(fingerprint) ? Encoding.UTF8.GetString(bytes, fingerprint.Length, bytes.Length - fingerprint.Length) : null;
    }

    private static byte[] Fingerprint(string question) => SHA256.HashData(Encoding.UTF8.GetBytes(question))[..8];
}
