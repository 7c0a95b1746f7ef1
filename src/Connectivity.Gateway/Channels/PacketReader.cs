using System.Buffers;
using System.Security.Cryptography;
using Connectivity.Gateway.Protocol;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Channels;

/// <summary>
/// Reads packets from a channel. An idle connection holds no buffer, and memory grows with the received bytes, never
/// with the length that a header claims.
/// </summary>
internal sealed class PacketReader(DeviceChannel channel, MqttPacketFormatterAdapter formatter)
{
    private const int BufferSize = 4096;
    private readonly PacketRules _rules = new();
    private byte[]? _buffer;
    private int _start;
    private int _end;

    /// <summary>Bytes of the largest packet, fixed header included.</summary>
    public required int MaximumPacketSize { get; set; }

    /// <summary>Returns the next packet, or null if the peer closed the connection.</summary>
    /// <exception cref="ProtocolErrorException">The bytes are not a packet that the client may send.</exception>
    public async ValueTask<MqttPacket?> ReadAsync(CancellationToken cancellationToken)
    {
        FixedHeader header;
        while (!FixedHeader.TryRead(_buffer.AsSpan(_start, _end - _start), out header))
            if (!await FillAsync(cancellationToken)) return null;
        _start += header.Size;

        if (header.Size + header.RemainingLength > MaximumPacketSize)
            throw new ProtocolErrorException(MqttDisconnectReasonCode.PacketTooLarge);

        var body = await ReadBodyAsync(header.RemainingLength, cancellationToken);
        return body is null ? null : Decode(header, body);
    }

    /// <summary>Returns the buffer to the pool. No read may be in progress.</summary>
    public void Release()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer, clearArray: true);
        _buffer = null;
        _start = _end = 0;
    }

    private async ValueTask<byte[]?> ReadBodyAsync(int length, CancellationToken cancellationToken)
    {
        if (length == 0) return [];
        var buffered = Math.Min(_end - _start, length);
        var body = new byte[Math.Min(length, Math.Max(buffered, BufferSize))];
        _buffer.AsSpan(_start, buffered).CopyTo(body);
        _start += buffered;
        for (var filled = buffered; filled < length;)
        {
            if (filled == body.Length) Array.Resize(ref body, (int)Math.Min(length, 2L * body.Length));
            var received = await channel.ReceiveAsync(body.AsMemory(filled), cancellationToken);
            if (received == 0) return null;
            filled += received;
        }

        return body;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            Release();
            // Waits without a buffer until there is something to read or the connection is gone.
            await channel.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
        }

        _buffer ??= ArrayPool<byte>.Shared.Rent(BufferSize);
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        var received = await channel.ReceiveAsync(_buffer.AsMemory(_end), cancellationToken);
        _end += received;
        return received > 0;
    }

    private MqttPacket Decode(FixedHeader header, byte[] body)
    {
        try
        {
            _rules.Check(header.First, body);
            var received = new ReceivedMqttPacket(
                header.First, new ArraySegment<byte>(body), header.Size + body.Length);
            if (formatter.ProtocolVersion == MqttProtocolVersion.Unknown) formatter.DetectProtocolVersion(received);
            return formatter.Decode(received);
        }
        catch (Exception exception) when (exception is not ProtocolErrorException)
        {
            // Any exception of the decoder means that the received bytes are malformed.
            throw new ProtocolErrorException(MqttDisconnectReasonCode.MalformedPacket);
        }
        finally
        {
            // The decoder copies what it decodes; the password must not stay in the source buffer.
            if (header.First >> 4 == (int)MqttControlPacketType.Connect) CryptographicOperations.ZeroMemory(body);
        }
    }
}
