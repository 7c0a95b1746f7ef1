using System.Buffers;
using System.Buffers.Binary;
using System.Net;

namespace Connectivity.Aws.Policies.Conditions;

/// <summary>
/// An IP address as 128 bits. An IPv4 address has the bits of its mapped form <c>::ffff:a.b.c.d</c>, so that it is the
/// same in whichever form a socket reports it.
/// </summary>
internal readonly record struct Address(UInt128 Bits)
{
    public bool IsV4 => Bits >> 32 == 0xffff;
}

internal static class AddressForm
{
    private static readonly SearchValues<char> V6Characters = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>An IPv6 address may have a zone, as in <c>fe80::1%eth0</c>, which is ignored.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, out Address address)
    {
        var zone = text.IndexOf('%');
        return zone < 0
            ? TryReadPlain(text, out address)
            : TryReadPlain(text[..zone], out address) && !address.IsV4;
    }

    /// <summary>Accepts dotted decimal IPv4 and IPv6, not the other notations that the C library accepts.</summary>
    public static bool TryReadPlain(ReadOnlySpan<char> text, out Address address)
    {
        if (!text.Contains(':')) return TryReadV4(text, out address);
        address = default;
        if (text.ContainsAnyExcept(V6Characters) || !IPAddress.TryParse(text, out var parsed)) return false;
        Span<byte> bytes = stackalloc byte[16];
        if (!parsed.TryWriteBytes(bytes, out var written) || written != bytes.Length) return false;
        address = new Address(BinaryPrimitives.ReadUInt128BigEndian(bytes));
        return true;
    }

    private static bool TryReadV4(ReadOnlySpan<char> text, out Address address)
    {
        uint bits = 0;
        var parts = 0;
        foreach (var range in text.Split('.'))
        {
            if (!TryReadNumber(text[range], 255, out var part)) break;
            bits = (bits << 8) | (uint)part;
            parts++;
        }
        address = new Address(((UInt128)0xffff << 32) | bits);
        return parts == 4 && text.Count('.') == 3;
    }

    /// <summary>Accepts at most three digits, and no leading zero, which some parsers read as octal.</summary>
    public static bool TryReadNumber(ReadOnlySpan<char> text, int most, out int number)
    {
        number = 0;
        if (text.Length is 0 or > 3 || text.IndexOfAnyExceptInRange('0', '9') >= 0) return false;
        if (text.Length > 1 && text[0] == '0') return false;
        number = int.Parse(text);
        return number <= most;
    }
}
