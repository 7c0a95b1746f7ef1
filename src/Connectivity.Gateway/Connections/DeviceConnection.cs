using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Routing;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// One accepted socket, as MQTTnet's server sees it. Every packet passes through here and every end is detected here,
/// so that the disconnect reason is exact: who closed first, what was read last, how long the client was silent.
/// </summary>
/// <remarks>Longer than other files because the library's interface has many members that only one class can have.</remarks>
internal sealed class DeviceConnection : IMqttChannelAdapter
{
    private readonly DeviceChannel _channel;
    private readonly DeviceConnectionContext _context;
    private readonly ConnectionEndpoints _endpoints;
    private readonly PacketReader _reader;
    private readonly PacketWriter _writer;
    private readonly ConnectionEstablishment _establishment;
    private readonly ConnectionEvents _events;
    private readonly ConnectionCloser _closer;
    private readonly PacketFlow _flow;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastHeard;

    public DeviceConnection(DeviceChannel channel, ConnectionEndpoints endpoints, DeviceConnectionContext context)
    {
        _channel = channel;
        _endpoints = endpoints;
        _context = context;
        // The initial buffer is small, because most devices are idle most of the time.
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(256, 4096));
        _reader = new PacketReader(channel, PacketFormatterAdapter)
        {
            MaximumPacketSize = context.Options.MaximumConnectPacketSize,
        };
        _writer = new PacketWriter(channel, PacketFormatterAdapter);
        _flow = new PacketFlow(_reader, _writer, PacketFormatterAdapter);
        _establishment = new ConnectionEstablishment(this, channel, endpoints, _reader, _writer, context);
        _events = new ConnectionEvents(context.Events, context.Clock);
        _closer = new ConnectionCloser(channel, _writer, PacketFormatterAdapter, _establishment.Acknowledged);
        Pending = new PendingMessages(context.Bounds);
        ClientAuthorization = new ClientAuthorization(context.Logger);
        Subscriptions = new Subscriptions(
            context.Reserved, ClientAuthorization, context.Options.MaximumSubscriptionsPerClient);
    }

    /// <summary>Empty until the CONNECT is admitted.</summary>
    public string ClientId => _establishment.Handshake?.Connect.ClientId ?? "";

    public IPAddress Source => _endpoints.Source.Address;

    /// <summary>The client has sent no CONNECT, and nothing that is not read yet.</summary>
    public bool IsSilent => !_establishment.HasConnect && !_channel.HasUnread;

    public ClientAuthorization ClientAuthorization { get; }

    public PendingMessages Pending { get; }

    public Subscriptions Subscriptions { get; }

    /// <summary>Why the CONNECT is refused, if it is.</summary>
    public MqttConnectReasonCode? Refusal => _establishment.Refusal;

    public bool Ended => _events.Ended;

    /// <summary>As it was last reported; null if the connection is not open.</summary>
    public ThingConnected? OpenConnect => _events.OpenConnect;

    /// <summary>Completes once the socket is closed.</summary>
    public Task Closed => _closer.Closed;

    /// <summary>Completes once the cleanup is complete and the client id is free.</summary>
    public Task Finished => _finished.Task;

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Ended ? null
                : _establishment.Handshake is not null ? await ReceiveNextAsync(cancellationToken)
                : await _establishment.ReceiveConnectAsync(cancellationToken);
        }
        catch (ProtocolErrorException error)
        {
            if (_establishment.Handshake is null) await _establishment.RejectAsync(error);
            End(DisconnectReason.ClientError, error.Code);
        }
        catch (SocketException)
        {
            End(DisconnectReason.ConnectionLost);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or OperationCanceledException)
        {
            // The connection was ended elsewhere, with its reason.
        }

        return null;
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        try
        {
            if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } connack)
            {
                Heard();
                _flow.ReceiveMaximumOfClient = _establishment.Handshake!.Connect.ReceiveMaximum;
                await _establishment.AcceptAsync(connack, _events, cancellationToken);
            }
            else if (!Ended)
            {
                await _flow.SendAsync(packet, cancellationToken);
            }
        }
        catch (Exception exception)
            when (exception is SocketException or ObjectDisposedException or ProtocolErrorException)
        {
            // The reading side determines the reason: the client may have sent a DISCONNECT before it closed.
            if (packet is MqttConnAckPacket) End(DisconnectReason.ConnectionLost);
        }
        finally
        {
            _flow.Sent(packet);
            if (packet is MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtMostOnce } publish)
                Pending.Remove(publish);
        }
    }

    /// <summary>
    /// Ends the connection for this reason, unless it has already ended. MQTT 5 clients receive the code.
    /// </summary>
    /// <param name="successor">The connection that takes over the client id, if any.</param>
    public bool End(string reason, MqttDisconnectReasonCode? reasonCode = null, DeviceConnection? successor = null)
    {
        var lastAlive = _context.Freezes.LastAlive(Interlocked.Read(ref _lastHeard));
        if (!_events.TryEnd(reason, lastAlive, successor?._events)) return false;
        Pending.Close();
        _flow.Close();
        var mayStillSend = reason == DisconnectReason.ClientError;
        _ = _closer.CloseAsync(_events.Accepted ? reasonCode : null, mayStillSend);
        return true;
    }

    /// <summary>
    /// Ends the connection if the client has been silent for too long. Source: MQTT 5.0, section 3.1.2.10.
    /// </summary>
    public void EndIfSilent()
    {
        if (!_events.Open) return;
        var silence = _context.Clock.GetElapsedTime(Interlocked.Read(ref _lastHeard));
        if (silence <= KeepAlive.Timeout(_establishment.Handshake!.KeepAliveSeconds)) return;
        // Unread bytes have arrived: the client was not silent, but this host was halted or is overloaded.
        if (!_flow.IsFull && _channel.HasUnread) return;
        End(DisconnectReason.MqttKeepAliveTimeout, MqttDisconnectReasonCode.KeepAliveTimeout);
    }

    /// <summary>Ends the connection, whose device is not authenticated, in favour of another.</summary>
    public void Displace()
    {
        _context.Metrics.RefusedConnect("displaced");
        End(DisconnectReason.ServerError);
    }

    public void EndIfRevoked(Revocation revocation)
    {
        if (ClientAuthorization.IsEndedBy(revocation)) End(revocation.Reason, MqttDisconnectReasonCode.NotAuthorized);
    }

    /// <summary>
    /// Whether the message may be routed to this client: it accepts packets of that size, and not too many are pending.
    /// </summary>
    public bool TryAddPending(MqttApplicationMessage message) =>
        (_writer.MaximumPacketSize == 0 || message.Payload.Length + message.Topic.Length <= _writer.MaximumPacketSize)
        && Pending.TryAdd(message);

    public Task ReannounceConnect() => _events.ReannounceConnect();

    /// <summary>Reports the open connection as a new one, after another host closed its session.</summary>
    public void ReportAsNew() => _events.ReportAsNew(_establishment.NewKey);

    /// <summary>Ends the session if it is the one that is open, because its client has connected elsewhere.</summary>
    public void EndIfSuperseded(string sessionIdentifier)
    {
        if (OpenConnect?.Connection.SessionIdentifier == sessionIdentifier)
            End(DisconnectReason.DuplicateClientId, MqttDisconnectReasonCode.SessionTakenOver);
    }

    /// <summary>
    /// Called when the server is done with the connection. If it has not ended, the server is the cause.
    /// </summary>
    public async Task FinishAsync()
    {
        End(DisconnectReason.ServerError, MqttDisconnectReasonCode.UnspecifiedError);
        await Closed;
        _reader.Release();
        _channel.Dispose();
        _context.Limiter.Leave(this);
        Subscriptions.Clear();
        _context.Active.Release(this);
        _finished.TrySetResult();
    }

    private async Task<MqttPacket?> ReceiveNextAsync(CancellationToken cancellationToken)
    {
        var packet = await _flow.ReceiveAsync(Heard, cancellationToken);
        if (packet is null) End(DisconnectReason.ConnectionLost);
        if (packet is not MqttDisconnectPacket disconnect) return Ended ? null : packet;

        var first = End(DisconnectReason.ClientInitiatedDisconnect);
        // Only a normal disconnection discards the will (section 3.14.4, [MQTT-3.14.4-3]), but the library discards it
        // on any DISCONNECT.
        return first && disconnect.ReasonCode == MqttDisconnectReasonCode.NormalDisconnection ? disconnect : null;
    }

    private void Heard() => Interlocked.Exchange(ref _lastHeard, _context.Clock.GetTimestamp());

    // The rest of the library's interface. Only End closes the channel, and no log may contain its addresses.
    public long BytesReceived => 0;
    public long BytesSent => 0;
    public X509Certificate2? ClientCertificate => null;
    public EndPoint? RemoteEndPoint => null;
    public EndPoint? LocalEndPoint => null;
    public bool IsSecureConnection => false;
    public Task ConnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public Task DisconnectAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    public void ResetStatistics() { }
    public void Dispose() => _channel.Close();
}
