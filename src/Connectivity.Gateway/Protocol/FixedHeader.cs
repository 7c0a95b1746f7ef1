using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>The first bytes of every packet. Source: MQTT 5.0, section 2.1; the same in MQTT 3.1.1, section 2.2.</summary>
/// <param name="RemainingLength">Bytes that follow the header.</param>
/// <param name="Size">Bytes of the header itself.</param>
internal readonly record struct FixedHeader(byte First, int RemainingLength, int Size)
{
    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FixedHeader header)
    {
        header = default;
        var length = 0;
        for (var i = 1; i < bytes.Length; i++)
        {
            length |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if ((bytes[i] & 0x80) == 0)
            {
                header = new FixedHeader(bytes[0], length, i + 1);
                header.CheckFlags();
                return true;
            }

            // The Remaining Length is a variable byte integer of four bytes at most: section 1.5.5.
            if (i == 4) throw new ProtocolErrorException(MqttDisconnectReasonCode.MalformedPacket);
        }

        return false;
    }

    /// <summary>The four flag bits are fixed for every packet but PUBLISH: section 2.1.3, [MQTT-2.1.3-1].</summary>
    private void CheckFlags()
    {
        var type = (MqttControlPacketType)(First >> 4);
        if (type == MqttControlPacketType.Publish) return;
        var expected = type is MqttControlPacketType.PubRel or MqttControlPacketType.Subscribe or MqttControlPacketType.Unsubscribe ? 2 : 0;
        if ((First & 0x0F) != expected) throw new ProtocolErrorException(MqttDisconnectReasonCode.MalformedPacket);
    }
}
