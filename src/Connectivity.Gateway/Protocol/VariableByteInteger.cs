using System.Buffers;

namespace Connectivity.Gateway.Protocol;

/// <summary>An integer of 0 to 268,435,455 in one to four bytes. Source: MQTT 5.0, section 1.5.5.</summary>
internal static class VariableByteInteger
{
    private const int MaximumSize = 4;

    /// <param name="size">Bytes of the encoded value.</param>
    /// <returns>
    /// <see cref="OperationStatus.NeedMoreData"/> if the bytes end within the value;
    /// <see cref="OperationStatus.InvalidData"/> if it has more than four bytes, or more than it needs:
    /// [MQTT-1.5.5-1].
    /// </returns>
    public static OperationStatus Read(ReadOnlySpan<byte> bytes, out int value, out int size)
    {
        (value, size) = (0, 0);
        var decoded = 0;
        for (var i = 0; i < Math.Min(bytes.Length, MaximumSize); i++)
        {
            decoded |= (bytes[i] & 0x7F) << (7 * i);
            if ((bytes[i] & 0x80) != 0) continue;
            if (i > 0 && bytes[i] == 0) return OperationStatus.InvalidData;
            (value, size) = (decoded, i + 1);
            return OperationStatus.Done;
        }

        return bytes.Length < MaximumSize ? OperationStatus.NeedMoreData : OperationStatus.InvalidData;
    }

    public static byte[] Encode(int value)
    {
        List<byte> bytes = [];
        for (; value >= 128; value >>= 7) bytes.Add((byte)(value & 0x7F | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
