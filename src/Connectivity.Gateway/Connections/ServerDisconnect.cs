using System.Net.Sockets;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Protocol;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The DISCONNECT that tells an MQTT 5 client why the server closes its connection. Source: MQTT 5.0, section 4.13.
/// </summary>
internal static class ServerDisconnect
{
    /// <summary>How long it may take, as the client may be frozen; whoever takes its client id over waits for it.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <param name="acknowledged">
    /// Whether the CONNACK was sent, once that is known: no packet goes before it, and without one none goes at all, section 3.1.4.
    /// </param>
    /// <param name="mayStillSend">Closing a socket with unread bytes resets it, and the client would lose what it was told.</param>
    public static async Task SendAsync(
        MqttDisconnectReasonCode code, DeviceChannel channel, PacketWriter writer, Task<bool> acknowledged, bool mayStillSend)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            if (!await acknowledged.WaitAsync(timeout.Token)) return;
            await writer.WriteAsync(new MqttDisconnectPacket { ReasonCode = code }, timeout.Token);
            await writer.FinishAsync(timeout.Token);
            if (mayStillSend) await channel.DiscardAsync(timeout.Token);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or OperationCanceledException or ProtocolErrorException)
        {
            // It is told if it can be told.
        }
    }
}
