using System.Buffers.Binary;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Whether a CONNECT consists of what its own lengths say, and of nothing else. The library's decoder reads a property beyond the end of all
/// properties, does not look at what follows the last field, and takes the highest bit of the level for nothing: it would read another
/// packet than the specification does. Source: MQTT 5.0, section 3.1; MQTT 3.1.1, section 3.1.
/// </summary>
internal ref struct ConnectPacket
{
    private const byte Level5 = 5;

    private ReadOnlySpan<byte> _rest;

    /// <param name="body">What follows the fixed header.</param>
    public static bool IsWellFormed(ReadOnlySpan<byte> body)
    {
        var form = new ConnectPacket { _rest = body };
        // Level, flags and keep-alive.
        if (!form.TakeField(out var protocol) || !form.Take(4, out var fixedPart)) return false;
        var (level, flags) = (fixedPart[0], fixedPart[1]);
        return HasLevel(protocol, level)
            && (level < Level5 || form.TakeProperties())
            && form.TakeField(out _)
            && ((flags & 0x04) == 0 || form.TakeWill(level))
            && ((flags & 0x80) == 0 || form.TakeField(out _))
            && ((flags & 0x40) == 0 || form.TakeField(out _))
            && form._rest.IsEmpty;
    }

    private static bool HasLevel(ReadOnlySpan<byte> protocol, byte level) =>
        level is 4 or Level5 ? protocol.SequenceEqual("MQTT"u8) : level == 3 && protocol.SequenceEqual("MQIsdp"u8);

    private bool TakeWill(byte level) => (level < Level5 || TakeProperties()) && TakeField(out _) && TakeField(out _);

    /// <summary>Source: MQTT 5.0, section 2.2.2.</summary>
    private bool TakeProperties()
    {
        if (!TakeVariableByteInteger(out var length) || !Take(length, out var bytes)) return false;
        var properties = new ConnectPacket { _rest = bytes };
        while (!properties._rest.IsEmpty)
            if (!properties.TakeProperty()) return false;
        return true;
    }

    private bool TakeProperty()
    {
        Take(1, out var identifier);
        return identifier[0] switch
        {
            0x01 or 0x17 or 0x19 => Take(1, out _),
            0x21 or 0x22 => Take(2, out _),
            0x02 or 0x11 or 0x18 or 0x27 => Take(4, out _),
            0x03 or 0x08 or 0x09 or 0x15 or 0x16 => TakeField(out _),
            0x26 => TakeField(out _) && TakeField(out _),
            _ => false,
        };
    }

    /// <summary>Text or binary data, behind its length of two bytes.</summary>
    private bool TakeField(out ReadOnlySpan<byte> field)
    {
        field = default;
        return Take(2, out var length) && Take(BinaryPrimitives.ReadUInt16BigEndian(length), out field);
    }

    private bool TakeVariableByteInteger(out int value)
    {
        value = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            if (!Take(1, out var digit)) return false;
            value |= (digit[0] & 0x7F) << shift;
            if (digit[0] < 0x80) return true;
        }

        return false;
    }

    private bool Take(int count, out ReadOnlySpan<byte> bytes)
    {
        var isThere = count <= _rest.Length;
        bytes = isThere ? _rest[..count] : default;
        if (isThere) _rest = _rest[count..];
        return isThere;
    }
}
