using System.Net.Sockets;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Protocol;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The DISCONNECT that informs an MQTT 5 client why the server closes its connection. Source: MQTT 5.0, section 4.13.
/// </summary>
internal static class ServerDisconnect
{
    /// <summary>
    /// The client may be frozen, and a successor with the same client id waits for the end of this connection.
    /// </summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <param name="acknowledged">
    /// Completes with whether the CONNACK was sent: no packet may precede it, or be sent without it, section 3.1.4.
    /// </param>
    /// <param name="mayStillSend">
    /// The client may still be sending: closing a socket with unread bytes resets it, and the client would lose the
    /// DISCONNECT.
    /// </param>
    public static async Task SendAsync(
        MqttDisconnectReasonCode code, DeviceChannel channel, PacketWriter writer, Task<bool> acknowledged,
        bool mayStillSend)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        try
        {
            if (!await acknowledged.WaitAsync(timeout.Token)) return;
            await writer.WriteAsync(new MqttDisconnectPacket { ReasonCode = code }, timeout.Token);
            await writer.FinishAsync(timeout.Token);
            if (mayStillSend) await channel.DiscardAsync(timeout.Token);
        }
        catch (Exception exception) when (exception
            is SocketException or ObjectDisposedException or OperationCanceledException or ProtocolErrorException)
        {
            // Best effort: the connection is closed next.
        }
    }
}
