using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// The packets of a client that are not answered yet. A client that sends and never reads must not fill the memory with answers: at the
/// bound nothing more is read from it, and as far as its keep-alive goes it is silent.
/// </summary>
internal sealed class UnansweredPackets
{
    private const int Maximum = 1000;
    private readonly SemaphoreSlim _room = new(Maximum);

    public bool Full => _room.CurrentCount == 0;

    /// <summary>Waits for room, if the packet is one that is answered.</summary>
    public Task ReceivedAsync(MqttPacket packet, CancellationToken cancellationToken) => packet switch
    {
        MqttPublishPacket { QualityOfServiceLevel: > MqttQualityOfServiceLevel.AtMostOnce } or
            MqttPubRecPacket or MqttPubRelPacket or MqttSubscribePacket or MqttUnsubscribePacket or MqttPingReqPacket
            => _room.WaitAsync(cancellationToken),
        _ => Task.CompletedTask,
    };

    /// <summary>The connection ended: nobody waits any longer.</summary>
    public void Close() => _room.Release();

    public void Sent(MqttPacket packet)
    {
        if (packet is MqttPubAckPacket or MqttPubRecPacket or MqttPubRelPacket or MqttPubCompPacket
            or MqttSubAckPacket or MqttUnsubAckPacket or MqttPingRespPacket)
            _room.Release();
    }
}
