using System.Text;

namespace Connectivity.Api.Http;

/// <summary>
/// Text that the database can hold. UTF-16 can also express an unpaired surrogate, which is not text, and PostgreSQL
/// refuses NUL.
/// </summary>
public static class StorableText
{
    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text, or null if it can't be stored.</summary>
    public static string? Of(string text)
    {
        if (text.Contains('\0')) return null;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i)) return null;
            i++;
        }

        return text;
    }

    /// <summary>The text in UTF-8, or null if it is no text or can't be stored.</summary>
    public static string? Of(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Of(Strict.GetString(utf8));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
