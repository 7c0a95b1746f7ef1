using System.Buffers;
using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>
/// "URI encode every byte except the unreserved characters: 'A'-'Z', 'a'-'z', '0'-'9', '-', '.', '_', and '~'. The
/// space character is a reserved character and must be encoded as "%20" (and not as "+"). Letters in the hexadecimal
/// value must be uppercase." Source: IAM User Guide, "Create a signed AWS API request", UriEncode().
/// </summary>
internal static class UriEncoding
{
    private static readonly SearchValues<char> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");

    /// <summary>Encodes the text as it is, so that a <c>%</c> in it becomes <c>%25</c>.</summary>
    public static void AppendEncoded(this ref CanonicalText text, ReadOnlySpan<char> raw)
    {
        while (!raw.IsEmpty)
        {
            var plain = raw.IndexOfAnyExcept(Unreserved);
            if (plain < 0) plain = raw.Length;
            text.Append(raw[..plain]);
            raw = raw[plain..];
            if (!raw.IsEmpty) raw = raw[AppendEscapedFirst(ref text, raw)..];
        }
    }

    /// <summary>
    /// Converts text in any percent-encoding to its canonical encoding: an escape becomes the character where that is
    /// unreserved, else upper-case; a <c>+</c> becomes an encoded space, as query parsers read it.
    /// </summary>
    public static void AppendReencoded(this ref CanonicalText text, ReadOnlySpan<char> encoded)
    {
        while (!encoded.IsEmpty)
        {
            if (encoded[0] == '%' && TryReadEscape(encoded, out var value))
            {
                AppendByte(ref text, value);
                encoded = encoded[3..];
            }
            else if (encoded[0] == '+')
            {
                text.Append("%20"u8);
                encoded = encoded[1..];
            }
            else
            {
                encoded = encoded[AppendEscapedFirst(ref text, encoded)..];
            }
        }
    }

    /// <summary>The decoded text. Bytes that are not UTF-8 stay escaped.</summary>
    public static string Decode(ReadOnlySpan<char> encoded) =>
        Uri.UnescapeDataString(encoded.ToString().Replace('+', ' '));

    private static bool TryReadEscape(ReadOnlySpan<char> encoded, out byte value)
    {
        value = 0;
        if (encoded.Length < 3 || !char.IsAsciiHexDigit(encoded[1]) || !char.IsAsciiHexDigit(encoded[2])) return false;
        value = (byte)((HexValue(encoded[1]) << 4) | HexValue(encoded[2]));
        return true;
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <returns>The number of UTF-16 code units of the first character.</returns>
    private static int AppendEscapedFirst(ref CanonicalText text, ReadOnlySpan<char> raw)
    {
        Rune.DecodeFromUtf16(raw, out var rune, out var consumed);
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var value in utf8[..rune.EncodeToUtf8(utf8)]) AppendByte(ref text, value);
        return consumed;
    }

    private static void AppendByte(ref CanonicalText text, byte value)
    {
        if (value < 0x80 && Unreserved.Contains((char)value))
        {
            text.Append(value);
            return;
        }

        text.Append((byte)'%');
        text.Append("0123456789ABCDEF"u8[value >> 4]);
        text.Append("0123456789ABCDEF"u8[value & 15]);
    }
}
