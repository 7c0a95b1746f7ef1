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
/// One accepted socket, as MQTTnet's server sees it. Every packet passes here and every end is found here, so that the reason is known
/// and not guessed: who closed first, what was read last, what was silent for how long.
/// </summary>
/// <remarks>Longer than other files because it is the one place where the ends of a connection meet.</remarks>
internal sealed class DeviceConnection : IMqttChannelAdapter
{
    private readonly DeviceChannel _channel;
    private readonly DeviceConnectionContext _context;
    private readonly ConnectionEndpoints _ends;
    private readonly ConnectionLimiter.Slot _slot;
    private readonly PacketReader _reader;
    private readonly PacketWriter _writer;
    private readonly ConnectionEvents _reports;
    private readonly SubscribeOrder _subscribeOrder = new();
    private readonly UnansweredPackets _unanswered = new();
    private readonly TaskCompletionSource<bool> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Handshake? _handshake;
    private ThingConnected? _connect;
    private bool _isOpen;
    private long _lastHeard;

    /// <param name="slot">Its slot among those that are not authenticated yet.</param>
    public DeviceConnection(DeviceChannel channel, ConnectionEndpoints ends, ConnectionLimiter.Slot slot, DeviceConnectionContext context)
    {
        _channel = channel;
        _ends = ends;
        _slot = slot;
        _context = context;
        // A small buffer to begin with: most devices are idle most of the time.
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(256, 4096));
        _reader = new PacketReader(channel, PacketFormatterAdapter) { MaximumPacketSize = context.Options.MaximumConnectPacketSize };
        _writer = new PacketWriter(channel, PacketFormatterAdapter);
        _reports = new ConnectionEvents(context.Reports, context.Clock);
        Pending = new PendingMessages(context.Bounds);
        ClientAuthorization = new ClientAuthorization(context.Logger);
        Subscriptions = new Subscriptions(context.Reserved, ClientAuthorization, context.Options.MaximumSubscriptionsPerClient);
    }

    /// <summary>Empty until the CONNECT is accepted.</summary>
    public string ClientId => _handshake?.Connect.ClientId ?? "";

    public ClientAuthorization ClientAuthorization { get; }

    public PendingMessages Pending { get; }

    public Subscriptions Subscriptions { get; }

    /// <summary>Why the CONNECT is refused, if it is.</summary>
    public MqttConnectReasonCode? Refusal { get; private set; }

    public bool Ended => _reports.Ended;

    /// <summary>Null where it is not open.</summary>
    public ConnectionKey? OpenConnection => _reports.OpenConnection;

    /// <summary>Completes once the socket is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Completes once nothing of the connection is left, and its client id is free.</summary>
    public Task Finished => _finished.Task;

    public MqttPacketFormatterAdapter PacketFormatterAdapter { get; }

    public async Task<MqttPacket?> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Ended ? null
                : _handshake is null ? await ReceiveConnectAsync(cancellationToken)
                : await ReceiveNextAsync(_handshake, cancellationToken);
        }
        catch (ProtocolErrorException error)
        {
            if (_handshake is null) _context.Metrics.RefusedConnect(_isOpen ? "malformed" : "tls");
            if (_handshake is null && error.ConnAck is { } connack) await TrySendAsync(connack);
            End(DisconnectReason.ClientError, error.Code);
        }
        catch (SocketException)
        {
            End(DisconnectReason.ConnectionLost);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or OperationCanceledException)
        {
            // Ended by someone else, who knows why.
        }

        return null;
    }

    public async Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        try
        {
            if (packet is MqttConnAckPacket { ReasonCode: MqttConnectReasonCode.Success } connack) await AcceptAsync(connack, cancellationToken);
            else if (!Ended)
            {
                if (packet is MqttSubAckPacket suback) _subscribeOrder.Sending(suback);
                await _writer.WriteAsync(packet, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or ProtocolErrorException)
        {
            // The reading side finds out what became of the client: it may have sent a DISCONNECT before it closed.
            if (packet is MqttConnAckPacket) End(DisconnectReason.ConnectionLost);
        }
        finally
        {
            _unanswered.Sent(packet);
            if (packet is MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtMostOnce } publish)
                Pending.Remove(MessageSize.Of(publish));
        }
    }

    /// <summary>Ends the connection for this reason, unless it has ended. MQTT 5 clients are told the code.</summary>
    /// <param name="successor">The connection that takes the client id over, if one does.</param>
    public bool End(string reason, MqttDisconnectReasonCode? reasonCode = null, DeviceConnection? successor = null)
    {
        if (!_reports.TryEnd(reason, successor?._reports)) return false;
        Pending.Close();
        _unanswered.Close();
        _ = CloseAsync(reasonCode, mayStillSend: reason == DisconnectReason.ClientError);
        return true;
    }

    /// <summary>Ends the connection if the client has been silent for too long. Source: MQTT 5.0, section 3.1.2.10.</summary>
    public void EndIfSilent()
    {
        if (!_reports.Open) return;
        var silence = _context.Clock.GetElapsedTime(Interlocked.Read(ref _lastHeard));
        if (silence <= KeepAlive.Timeout(_handshake!.KeepAliveSeconds)) return;
        // What it sent waits to be read: the silence is this host's, which was halted or is overloaded.
        if (!_unanswered.Full && _channel.HasUnread) return;
        End(DisconnectReason.MqttKeepAliveTimeout, MqttDisconnectReasonCode.KeepAliveTimeout);
    }

    public void EndIfRevoked(Revocation revocation)
    {
        if (ClientAuthorization.IsEndedBy(revocation)) End(revocation.Reason, MqttDisconnectReasonCode.NotAuthorized);
    }

    /// <summary>Whether the message may be routed to this client: it takes packets of that size, and not too many are pending.</summary>
    public bool TryAddPending(MqttApplicationMessage message) =>
        (_writer.MaximumPacketSize == 0 || message.Payload.Length + message.Topic.Length <= _writer.MaximumPacketSize)
        && Pending.TryAdd(MessageSize.Of(message));

    public Task ReannounceConnect() => _reports.ReannounceConnect();

    /// <summary>Reports the open connection as a new one: others have taken it for ended.</summary>
    public void ReportAsNew() => _reports.ReportAsNew(NewConnection);

    /// <summary>Ends the session if it is the one that is open, because its client has connected elsewhere.</summary>
    public void EndIfSuperseded(string sessionIdentifier)
    {
        if (OpenConnection?.SessionIdentifier == sessionIdentifier)
            End(DisconnectReason.DuplicateClientId, MqttDisconnectReasonCode.SessionTakenOver);
    }

    /// <summary>The server is done with the connection. Where nobody gave a reason before, the fault is the server's.</summary>
    public async Task FinishAsync()
    {
        End(DisconnectReason.ServerError, MqttDisconnectReasonCode.UnspecifiedError);
        await Closed;
        _reader.Release();
        _channel.Dispose();
        _slot.Release();
        Subscriptions.Clear();
        _context.Active.Release(this);
        _finished.TrySetResult();
    }

    private async Task<MqttPacket?> ReceiveConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_context.Options.ConnectTimeout, _context.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await _channel.OpenAsync(limit.Token);
            _isOpen = true;
            if (await _reader.ReadAsync(limit.Token) is not MqttConnectPacket connect) return null;
            var handshake = Handshake.Of(connect, PacketFormatterAdapter.ProtocolVersion);
            var deciding = _context.Admission.DecideAsync(handshake, _ends, _channel, ClientAuthorization, limit.Token);
            if (await Task.WhenAny(deciding, Closed) != deciding) await limit.CancelAsync();
            Refusal = await deciding;
            return Refusal is not null || await EnterAsync(handshake, limit.Token) ? connect : null;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && _handshake is null)
        {
            _context.Metrics.RefusedConnect("timeout");
            return null;
        }
    }

    /// <summary>The device is who it says: only now does anyone else's connection end for it.</summary>
    private async Task<bool> EnterAsync(Handshake handshake, CancellationToken cancellationToken)
    {
        _handshake = handshake;
        _slot.Release();
        _reader.MaximumPacketSize = _context.Options.MaximumPacketSize;
        _writer.MaximumPacketSize = handshake.Connect.MaximumPacketSize;
        if (!await _context.Active.ClaimAsync(this, cancellationToken)) return false;

        var now = EventTime.Truncate(_context.Clock.GetUtcNow());
        _connect = new ThingConnected(
            ClientId, NewConnection(now), now, ClientAuthorization.PrincipalIdentifier, handshake.Session, _ends.Information);
        return true;
    }

    private ConnectionKey NewConnection(DateTimeOffset now) => new(
        EventSource.Gateway, Guid.NewGuid().ToString("N"),
        _context.Versions.Next(ClientId, Math.Max(now.ToUnixTimeMilliseconds(), ClientAuthorization.LastVersionNumber + 1)));

    /// <summary>Reported first, then acknowledged: a client that reads the CONNACK is known to be connected. It waits for no commit.</summary>
    private async Task AcceptAsync(MqttConnAckPacket connack, CancellationToken cancellationToken)
    {
        _handshake!.Grant(connack, _context.Options.MaximumPacketSize);
        Interlocked.Exchange(ref _lastHeard, _context.Clock.GetTimestamp());
        if (!_reports.TryOpen(_connect!)) return;
        try
        {
            await _writer.WriteAsync(connack, zeroSessionExpiry: _handshake.Connect.SessionExpiryInterval != 0, cancellationToken);
            _acknowledged.TrySetResult(true);
        }
        finally
        {
            _acknowledged.TrySetResult(false);
        }
    }

    private async Task<MqttPacket?> ReceiveNextAsync(Handshake handshake, CancellationToken cancellationToken)
    {
        var packet = await _reader.ReadAsync(cancellationToken);
        if (packet is null)
        {
            End(DisconnectReason.ConnectionLost);
            return null;
        }

        PacketRules.Check(packet, handshake.Connect);
        Interlocked.Exchange(ref _lastHeard, _context.Clock.GetTimestamp());
        if (packet is not MqttDisconnectPacket disconnect)
        {
            if (packet is MqttSubscribePacket subscribe) _subscribeOrder.Received(subscribe);
            await _unanswered.ReceivedAsync(packet, cancellationToken);
            return Ended ? null : packet;
        }

        var first = End(DisconnectReason.ClientInitiatedDisconnect);
        // The will is void only after a normal disconnection (section 3.14.4, [MQTT-3.14.4-3]); to the library any DISCONNECT is one.
        return first && disconnect.ReasonCode == MqttDisconnectReasonCode.NormalDisconnection ? disconnect : null;
    }

    private async Task TrySendAsync(byte[] bytes)
    {
        try
        {
            // A fresh socket takes four bytes without waiting.
            await _channel.SendAsync(bytes, CancellationToken.None);
            await _channel.FinishSendingAsync();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or ProtocolErrorException)
        {
            // Gone already.
        }
    }

    private async Task CloseAsync(MqttDisconnectReasonCode? reasonCode, bool mayStillSend)
    {
        try
        {
            if (reasonCode is { } code && PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500 && _reports.Accepted)
                await ServerDisconnect.SendAsync(code, _channel, _writer, _acknowledged.Task, mayStillSend);
        }
        finally
        {
            // Whatever happened: the client id must become free.
            _channel.Close();
            _closed.TrySetResult();
        }
    }

    // The rest of what the library asks of a channel. It is closed by End alone, and its addresses are in no log.
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
