namespace Connectivity.Aws.Policies.Conditions;

/// <summary>
/// A range of IP addresses in CIDR form; an address alone is a range of one. An IPv6 range contains no IPv4 address,
/// mapped or not, unless it is wholly within the mapped addresses. Source: IAM User Guide, "IAM JSON policy elements:
/// Condition operators", IP address condition operators.
/// </summary>
internal sealed class AddressRange
{
    private const int V4Offset = 96;
    private readonly UInt128 _network;
    private readonly UInt128 _mask;
    private readonly bool _isV4;

    private AddressRange(UInt128 bits, int prefix, bool isV4)
    {
        _mask = prefix == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - prefix);
        _network = bits & _mask;
        _isV4 = isV4;
    }

    /// <summary>Null where the text is neither an address nor a range. Bits beyond the prefix are ignored.</summary>
    public static AddressRange? Of(string text)
    {
        var slash = text.IndexOf('/');
        if (!AddressForm.TryReadPlain(slash < 0 ? text : text.AsSpan(0, slash), out var address)) return null;
        var offset = text.Contains(':') ? 0 : V4Offset;
        var prefix = 128 - offset;
        if (slash >= 0 && !AddressForm.TryReadNumber(text.AsSpan(slash + 1), prefix, out prefix)) return null;
        prefix += offset;
        return new AddressRange(address.Bits, prefix, address.IsV4 && prefix >= V4Offset);
    }

    public bool Contains(Address address) => address.IsV4 == _isV4 && (address.Bits & _mask) == _network;
}
