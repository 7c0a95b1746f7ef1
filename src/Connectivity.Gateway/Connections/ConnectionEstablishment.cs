using System.Net.Sockets;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Protocol;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The phase of a connection up to its CONNACK: TLS, the CONNECT and the decision on it, the claim of the client id,
/// and the connect event.
/// </summary>
internal sealed class ConnectionEstablishment(
    DeviceConnection connection, DeviceChannel channel, ConnectionEndpoints endpoints, PacketReader reader,
    PacketWriter writer, DeviceConnectionContext context)
{
    private readonly TaskCompletionSource<bool> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ThingConnected? _connect;
    private bool _channelIsOpen;

    /// <summary>The CONNECT has arrived as a whole.</summary>
    public bool HasConnect { get; private set; }

    /// <summary>Null until the CONNECT is admitted.</summary>
    public Handshake? Handshake { get; private set; }

    /// <summary>Why the CONNECT is refused, if it is.</summary>
    public MqttConnectReasonCode? Refusal { get; private set; }

    /// <summary>Completes with whether the CONNACK was sent, once the CONNECT is accepted.</summary>
    public Task<bool> Acknowledged => _acknowledged.Task;

    /// <summary>Returns the CONNECT, admitted or refused; null if there is none in time.</summary>
    /// <exception cref="ProtocolErrorException">The client does not speak TLS, or sends no valid CONNECT.</exception>
    public async Task<MqttPacket?> ReceiveConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(context.Options.ConnectTimeout, context.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await channel.OpenAsync(limit.Token);
            _channelIsOpen = true;
            if (await reader.ReadAsync(limit.Token) is not MqttConnectPacket connect) return null;
            HasConnect = true;
            var handshake = Handshake.Of(connect, connection.PacketFormatterAdapter.ProtocolVersion);
            var deciding = context.Admission.DecideAsync(
                handshake, endpoints, channel, connection.ClientAuthorization, limit.Token);
            if (await Task.WhenAny(deciding, connection.Closed) != deciding) await limit.CancelAsync();
            Refusal = await deciding;
            return Refusal is not null || await AdmitAsync(handshake, limit.Token) ? connect : null;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && Handshake is null)
        {
            context.Metrics.RefusedConnect("timeout");
            return null;
        }
    }

    /// <summary>
    /// Counts a client that is not admitted because of the error, and answers it where MQTT requires it.
    /// </summary>
    public async Task RejectAsync(ProtocolErrorException error)
    {
        context.Metrics.RefusedConnect(_channelIsOpen ? "malformed" : "tls");
        if (error.ConnAck is not { } connack) return;
        try
        {
            // A fresh socket accepts four bytes without waiting.
            await channel.SendAsync(connack, CancellationToken.None);
            await channel.FinishSendingAsync();
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or ProtocolErrorException)
        {
            // The client has already disconnected.
        }
    }

    /// <summary>
    /// Reports the connect before the CONNACK, so that a client that reads the CONNACK is known to be connected. Does
    /// not wait for the commit.
    /// </summary>
    public async Task AcceptAsync(
        MqttConnAckPacket connack, ConnectionEvents events, CancellationToken cancellationToken)
    {
        Handshake!.Grant(connack, context.Options.MaximumPacketSize);
        if (!events.TryOpen(_connect!)) return;
        try
        {
            var zeroSessionExpiry = Handshake.Connect.SessionExpiryInterval != 0;
            await writer.WriteAsync(connack, zeroSessionExpiry, cancellationToken);
            _acknowledged.TrySetResult(true);
        }
        finally
        {
            _acknowledged.TrySetResult(false);
        }
    }

    public ConnectionKey NewKey(DateTimeOffset now) => new(
        EventSource.Gateway,
        Guid.NewGuid().ToString("N"),
        context.Versions.Next(
            connection.ClientId, now.ToUnixTimeMilliseconds(), connection.ClientAuthorization.LastVersionNumber));

    /// <summary>Ends another connection with this client id only now, when the device is authenticated.</summary>
    private async Task<bool> AdmitAsync(Handshake handshake, CancellationToken cancellationToken)
    {
        if (!context.Limiter.Leave(connection)) return false;
        Handshake = handshake;
        reader.MaximumPacketSize = context.Options.MaximumPacketSize;
        writer.MaximumPacketSize = handshake.Connect.MaximumPacketSize;
        if (!await context.Active.ClaimAsync(connection, cancellationToken)) return false;

        var now = EventTime.Truncate(context.Clock.GetUtcNow());
        _connect = new ThingConnected(
            connection.ClientId, NewKey(now), now, connection.ClientAuthorization.PrincipalIdentifier,
            handshake.Session, endpoints.Information);
        return true;
    }
}
