using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Reads the fields of a packet. A field that ends beyond the packet or is ill-formed throws a
/// <see cref="ProtocolErrorException"/>. Source: MQTT 5.0, section 1.5; MQTT 3.1.1 has the same, without the integers
/// of four bytes and of variable length.
/// </summary>
internal ref struct PacketCursor(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public static void Require(bool isMet, Statement statement)
    {
        if (!isMet) throw new ProtocolErrorException(statement);
    }

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    public uint UInt32() => BinaryPrimitives.ReadUInt32BigEndian(Take(4));

    public int VariableByteInteger()
    {
        var status = Protocol.VariableByteInteger.Read(_rest, out var value, out var size);
        Require(status != OperationStatus.NeedMoreData, Statement.Length);
        Require(status == OperationStatus.Done, Statement.MinimalInteger);
        _rest = _rest[size..];
        return value;
    }

    public ReadOnlySpan<byte> Binary() => Take(UInt16());

    /// <summary>A string, as UTF-8.</summary>
    public ReadOnlySpan<byte> Text()
    {
        var text = Binary();
        Require(Utf8.IsValid(text), Statement.Utf8);
        Require(!text.Contains((byte)0), Statement.NoNull);
        return text;
    }

    public ushort PacketIdentifier()
    {
        var identifier = UInt16();
        Require(identifier != 0, Statement.PacketIdentifier);
        return identifier;
    }

    /// <summary>The next bytes, to be read on their own.</summary>
    public PacketCursor Part(int length) => new(Take(length));

    /// <summary>All that is left, whatever it is.</summary>
    public void SkipRest() => _rest = default;

    public readonly void RequireEnd() => Require(IsAtEnd, Statement.Length);

    private ReadOnlySpan<byte> Take(int count)
    {
        Require(count <= _rest.Length, Statement.Length);
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
