using System.Buffers;
using System.Buffers.Binary;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Checks that a CONNECT consists exactly of the fields that its lengths announce. The library's decoder reads a
/// property beyond the end of the properties, ignores bytes after the last field, and ignores the highest bit of the
/// level: it would decode another packet than the specification does. Source: MQTT 5.0, section 3.1; MQTT 3.1.1,
/// section 3.1.
/// </summary>
internal ref struct ConnectPacket
{
    private const byte Level5 = 5;

    private ReadOnlySpan<byte> _rest;

    /// <param name="body">What follows the fixed header.</param>
    public static bool IsWellFormed(ReadOnlySpan<byte> body)
    {
        var packet = new ConnectPacket { _rest = body };
        // Level, flags and keep-alive.
        if (!packet.TakeField(out var protocol) || !packet.Take(4, out var fixedPart)) return false;
        var (level, flags) = (fixedPart[0], fixedPart[1]);
        return HasLevel(protocol, level)
            && (level < Level5 || packet.TakeProperties())
            && packet.TakeField(out _)
            && ((flags & 0x04) == 0 || packet.TakeWill(level))
            && ((flags & 0x80) == 0 || packet.TakeField(out _))
            && ((flags & 0x40) == 0 || packet.TakeField(out _))
            && packet._rest.IsEmpty;
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

    /// <summary>Text or binary data, preceded by its length in two bytes.</summary>
    private bool TakeField(out ReadOnlySpan<byte> field)
    {
        field = default;
        return Take(2, out var length) && Take(BinaryPrimitives.ReadUInt16BigEndian(length), out field);
    }

    private bool TakeVariableByteInteger(out int value)
    {
        if (VariableByteInteger.Read(_rest, out value, out var size) != OperationStatus.Done) return false;
        _rest = _rest[size..];
        return true;
    }

    private bool Take(int count, out ReadOnlySpan<byte> bytes)
    {
        var isPresent = count <= _rest.Length;
        bytes = isPresent ? _rest[..count] : default;
        if (isPresent) _rest = _rest[count..];
        return isPresent;
    }
}
