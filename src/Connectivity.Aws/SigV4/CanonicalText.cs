using System.Buffers;
using System.Text;

namespace Connectivity.Aws.SigV4;

/// <summary>The UTF-8 text to be hashed, in a pooled buffer that grows as needed.</summary>
internal struct CanonicalText(int capacity)
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The buffer itself, for types that cannot hold a span. Valid until the next append.</summary>
    public readonly byte[] Buffer => _bytes;

    /// <summary>Discards everything beyond this length.</summary>
    public void Truncate(int length) => Length = length;

    public void Append(byte value)
    {
        Reserve(1);
        _bytes[Length++] = value;
    }

    public void Append(ReadOnlySpan<byte> utf8)
    {
        Reserve(utf8.Length);
        utf8.CopyTo(_bytes.AsSpan(Length));
        Length += utf8.Length;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(Length));
    }

    public void AppendLowerHex(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length * 2);
        Convert.TryToHexStringLower(bytes, _bytes.AsSpan(Length), out var written);
        Length += written;
    }

    public readonly void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Reserve(int more)
    {
        if (_bytes.Length - Length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + more, _bytes.Length * 2));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
