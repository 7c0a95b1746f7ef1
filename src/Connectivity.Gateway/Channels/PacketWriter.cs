using System.Net.Sockets;
using Connectivity.Gateway.Protocol;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Channels;

/// <summary>Writes packets to a channel, one at a time, from any thread.</summary>
internal sealed class PacketWriter(DeviceChannel channel, MqttPacketFormatterAdapter formatter)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _finished;

    /// <summary>
    /// Bytes of the largest packet that the client accepts; 0 means no limit. A larger packet is dropped as if it had
    /// been delivered: MQTT 5.0, section 3.1.2.11.4, [MQTT-3.1.2-24] and [MQTT-3.1.2-25].
    /// </summary>
    public uint MaximumPacketSize { get; set; }

    /// <returns>False if the packet was dropped: it is too large for the client.</returns>
    public Task<bool> WriteAsync(MqttPacket packet, CancellationToken cancellationToken) =>
        WriteAsync(packet, zeroSessionExpiry: false, cancellationToken);

    /// <param name="zeroSessionExpiry">For a CONNACK: see <see cref="ZeroSessionExpiry"/>.</param>
    public async Task<bool> WriteAsync(MqttPacket packet, bool zeroSessionExpiry, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_finished) return true;
            var bytes = formatter.Encode(packet);
            if (MaximumPacketSize > 0 && bytes.Length > MaximumPacketSize) return false;
            await channel.SendAsync(
                zeroSessionExpiry ? ZeroSessionExpiry.AddedTo(bytes.Packet) : bytes.Packet, cancellationToken);
            foreach (var segment in bytes.Payload) await channel.SendAsync(segment, cancellationToken);
            return true;
        }
        finally
        {
            formatter.Cleanup();
            _turn.Release();
        }
    }

    /// <summary>As <see cref="WriteAsync(MqttPacket, CancellationToken)"/>, but a lost connection is ignored.</summary>
    public async Task<bool> TryWriteAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAsync(packet, cancellationToken);
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or ProtocolErrorException)
        {
            // What the client has sent before can still be read.
            return true;
        }
    }

    /// <summary>Writes nothing from here on, and shuts down the sending side of the channel.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            _finished = true;
            await channel.FinishSendingAsync().WaitAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }
}
