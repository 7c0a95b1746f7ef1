using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// Counts the packets of a client that are not answered yet. A client that sends and never reads must not fill the
/// memory with answers: at the limit nothing more is read from it, and its keep-alive expires.
/// </summary>
internal sealed class UnansweredPackets
{
    private const int Maximum = 1000;
    private readonly SemaphoreSlim _room = new(Maximum);

    public bool Full => _room.CurrentCount == 0;

    /// <summary>Waits for room, if the packet requires an answer.</summary>
    public Task ReceivedAsync(MqttPacket packet, CancellationToken cancellationToken) => packet switch
    {
        MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce } or
            MqttPubRecPacket or MqttPubRelPacket or MqttSubscribePacket or MqttUnsubscribePacket or MqttPingReqPacket
            => _room.WaitAsync(cancellationToken),
        _ => Task.CompletedTask,
    };

    /// <summary>The connection ended: releases the waiting reader.</summary>
    public void Close() => _room.Release();

    public void Sent(MqttPacket packet)
    {
        if (packet is MqttPubAckPacket or MqttPubRecPacket or MqttPubRelPacket or MqttPubCompPacket
            or MqttSubAckPacket or MqttUnsubAckPacket or MqttPingRespPacket)
            _room.Release();
    }
}
