using Connectivity.Gateway.Channels;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>Closes the channel of a connection, after a DISCONNECT if the client can receive one.</summary>
/// <param name="acknowledged">See <see cref="ServerDisconnect.SendAsync"/>.</param>
internal sealed class ConnectionCloser(
    DeviceChannel channel, PacketWriter writer, MqttPacketFormatterAdapter formatter, Task<bool> acknowledged)
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes once the socket is closed.</summary>
    public Task Closed => _closed.Task;

    /// <param name="reasonCode">Null for no DISCONNECT; MQTT 3.1.1 clients never receive one.</param>
    /// <param name="mayStillSend">See <see cref="ServerDisconnect.SendAsync"/>.</param>
    public async Task CloseAsync(MqttDisconnectReasonCode? reasonCode, bool mayStillSend)
    {
        try
        {
            if (reasonCode is { } code && formatter.ProtocolVersion == MqttProtocolVersion.V500)
                await ServerDisconnect.SendAsync(code, channel, writer, acknowledged, mayStillSend);
        }
        finally
        {
            // The client id must become free in any case.
            channel.Close();
            _closed.TrySetResult();
        }
    }
}
