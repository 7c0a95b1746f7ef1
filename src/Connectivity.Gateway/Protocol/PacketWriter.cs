using System.Net.Sockets;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Protocol;

/// <summary>Writes packets to a socket, one after the other whoever sends them.</summary>
internal sealed class PacketWriter(Socket socket, MqttPacketFormatterAdapter formatter)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>
    /// Bytes of the largest packet that the client takes; 0 is any. A larger one is dropped as if it had been delivered:
    /// MQTT 5.0, section 3.1.2.11.4, [MQTT-3.1.2-24] and [MQTT-3.1.2-25].
    /// </summary>
    public uint MaximumPacketSize { get; set; }

    public Task WriteAsync(MqttPacket packet, CancellationToken cancellationToken) =>
        WriteAsync(packet, zeroSessionExpiry: false, cancellationToken);

    /// <param name="zeroSessionExpiry">For a CONNACK: see <see cref="ZeroSessionExpiry"/>.</param>
    public async Task WriteAsync(MqttPacket packet, bool zeroSessionExpiry, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var bytes = formatter.Encode(packet);
            if (MaximumPacketSize > 0 && bytes.Length > MaximumPacketSize) return;
            await SendAsync(zeroSessionExpiry ? ZeroSessionExpiry.AddedTo(bytes.Packet) : bytes.Packet, cancellationToken);
            foreach (var segment in bytes.Payload) await SendAsync(segment, cancellationToken);
        }
        finally
        {
            formatter.Cleanup();
            _turn.Release();
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes, cancellationToken)..];
    }
}
