using System.Buffers;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// The header at the start of every packet. Source: MQTT 5.0, section 2.1; the same in MQTT 3.1.1, section 2.2.
/// </summary>
/// <param name="RemainingLength">Bytes that follow the header.</param>
/// <param name="Size">Bytes of the header itself.</param>
internal readonly record struct FixedHeader(byte First, int RemainingLength, int Size)
{
    /// <summary>False if the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FixedHeader header)
    {
        header = default;
        if (bytes.IsEmpty) return false;
        switch (VariableByteInteger.Read(bytes[1..], out var remainingLength, out var size))
        {
            case OperationStatus.Done:
                header = new FixedHeader(bytes[0], remainingLength, 1 + size);
                header.CheckFlags();
                return true;
            case OperationStatus.NeedMoreData:
                return false;
            default:
                throw new ProtocolErrorException(Statement.MinimalInteger);
        }
    }

    /// <summary>The four flag bits are fixed for every packet but PUBLISH: section 2.1.3.</summary>
    private void CheckFlags()
    {
        var type = (MqttControlPacketType)(First >> 4);
        if (type == MqttControlPacketType.Publish) return;
        var expected = type switch
        {
            MqttControlPacketType.PubRel or MqttControlPacketType.Subscribe or MqttControlPacketType.Unsubscribe => 2,
            _ => 0,
        };
        if ((First & 0x0F) != expected) throw new ProtocolErrorException(Statement.ReservedFlags);
    }
}
