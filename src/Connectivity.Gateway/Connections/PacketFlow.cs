using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Protocol;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The packets of an accepted connection, as the library is to see them: it does not hold back what the client can't
/// take, and delivers what is repeated.
/// </summary>
internal sealed class PacketFlow(PacketReader reader, PacketWriter writer, MqttPacketFormatterAdapter formatter)
{
    private readonly SubscribeOrder _subscribeOrder = new();
    private readonly UnansweredPackets _unanswered = new();
    private readonly ReceivedPublishes _received = new();
    private readonly SendWindow _window = new();

    /// <summary>Nothing more is read from the client until it takes answers.</summary>
    public bool IsFull => _unanswered.Full;

    /// <inheritdoc cref="SendWindow.Maximum"/>
    public ushort ReceiveMaximumOfClient
    {
        set => _window.Maximum = value;
    }

    /// <summary>
    /// Returns the next packet that is to be processed, once there is room for its answer; null if the client closed
    /// the connection.
    /// </summary>
    /// <param name="heard">Called for each packet that has arrived.</param>
    /// <exception cref="ProtocolErrorException">The client may not send the packet.</exception>
    public async Task<MqttPacket?> ReceiveAsync(Action heard, CancellationToken cancellationToken)
    {
        while (await reader.ReadAsync(cancellationToken) is { } packet)
        {
            heard();
            if (_received.Received(packet, isLimited: formatter.ProtocolVersion == MqttProtocolVersion.V500))
            {
                if (packet is MqttSubscribePacket subscribe) _subscribeOrder.Received(subscribe);
                await _unanswered.ReceivedAsync(packet, cancellationToken);
                if (_window.Received(packet) is { } next && !await writer.TryWriteAsync(next, cancellationToken))
                    await SendWaitingAsync(next, cancellationToken);
                return packet;
            }

            var identifier = ((MqttPublishPacket)packet).PacketIdentifier;
            await writer.TryWriteAsync(new MqttPubRecPacket { PacketIdentifier = identifier }, cancellationToken);
        }

        return null;
    }

    /// <summary>Sends the packet, or keeps it until the client acknowledges another.</summary>
    public async Task SendAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttSubAckPacket suback) _subscribeOrder.Sending(suback);
        _received.Sending(packet);
        if (_window.MaySend(packet) && !await writer.WriteAsync(packet, cancellationToken))
            await SendWaitingAsync(packet, cancellationToken);
    }

    public void Sent(MqttPacket packet) => _unanswered.Sent(packet);

    /// <summary>The client does not get the dropped packet, so the next one takes its place.</summary>
    private async Task SendWaitingAsync(MqttPacket dropped, CancellationToken cancellationToken)
    {
        for (var next = _window.Dropped(dropped); next is not null; next = _window.Dropped(next))
            if (await writer.TryWriteAsync(next, cancellationToken)) return;
    }

    /// <summary>The connection ended: releases the waiting reader.</summary>
    public void Close() => _unanswered.Close();
}
