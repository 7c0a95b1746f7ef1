using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Routing;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using SocketInformation = Connectivity.Domain.Lifecycle.SocketInformation;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// One accepted socket, as MQTTnet's server sees it. Every packet passes here and every end is found here, so that the reason is known
/// and not guessed: who closed first, what was read last, what was silent for how long.
/// </summary>
/// <remarks>Longer than other files because it is the one place where the ends of a connection meet.</remarks>
internal sealed class DeviceConnection : IMqttChannelAdapter
{
    /// <summary>The gateway's name as a source of lifecycle events.</summary>
    public const string Source = "gateway";

    private readonly Socket _socket;
    private readonly DeviceConnectionContext _context;
    private readonly SocketInformation _addresses;
    private readonly PacketReader _reader;
    private readonly PacketWriter _writer;
    private readonly ConnectionReports _reports;
    private readonly SubscribeOrder _subscribeOrder = new();
    private readonly UnansweredPackets _unanswered = new();
    private readonly TaskCompletionSource<bool> _acknowledged = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Handshake? _handshake;
    private ThingConnected? _connect;
    private long _lastHeard;

    public DeviceConnection(Socket socket, DeviceConnectionContext context)
    {
        _socket = socket;
        _context = context;
        _addresses = SocketAddresses.Of(socket);
        // A small buffer to begin with: most devices are idle most of the time.
        PacketFormatterAdapter = new MqttPacketFormatterAdapter(new MqttBufferWriter(256, 4096));
        _reader = new PacketReader(socket, PacketFormatterAdapter, context.Options.MaximumPacketSize);
        _writer = new PacketWriter(socket, PacketFormatterAdapter);
        _reports = new ConnectionReports(context.Reports, context.Clock);
        Pending = new PendingMessages(context.Bounds);
        Subscriptions = new Subscriptions(context.Reserved, context.Options.MaximumSubscriptionsPerClient);
    }

    /// <summary>Empty until the CONNECT is accepted.</summary>
    public string ClientId => _handshake?.Connect.ClientId ?? "";

    public PendingMessages Pending { get; }

    public Subscriptions Subscriptions { get; }

    /// <summary>Why the CONNECT is refused, if it is.</summary>
    public MqttConnectReasonCode? Refusal { get; private set; }

    public bool Ended => _reports.Ended;

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
        catch (ProtocolFaultException fault)
        {
            if (_handshake is null && fault.ConnAck is { } connack) await TrySendAsync(connack);
            End(DisconnectReason.ClientError, fault.Code);
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
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
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
    public bool End(string reason, MqttDisconnectReasonCode? farewell = null, DeviceConnection? successor = null)
    {
        if (!_reports.TryEnd(reason, successor?._reports)) return false;
        Pending.Close();
        _unanswered.Close();
        _ = CloseAsync(farewell, mayStillSend: reason == DisconnectReason.ClientError);
        return true;
    }

    /// <summary>Ends the connection if the client has been silent for too long. Source: MQTT 5.0, section 3.1.2.10.</summary>
    public void EndIfSilent()
    {
        if (!_reports.Open) return;
        var silence = _context.Clock.GetElapsedTime(Interlocked.Read(ref _lastHeard));
        if (silence <= KeepAlive.LongestSilence(_handshake!.KeepAliveSeconds)) return;
        // What it sent waits to be read: the silence is this host's, which was halted or is overloaded.
        if (!_unanswered.Full && HasUnread()) return;
        End(DisconnectReason.MqttKeepAliveTimeout, MqttDisconnectReasonCode.KeepAliveTimeout);
    }

    /// <summary>Whether the message may be routed to this client: it takes packets of that size, and not too many are pending.</summary>
    public bool TryAddPending(MqttApplicationMessage message) =>
        (_writer.MaximumPacketSize == 0 || message.Payload.Length + message.Topic.Length <= _writer.MaximumPacketSize)
        && Pending.TryAdd(MessageSize.Of(message));

    public Task RepeatConnect() => _reports.RepeatConnect();

    /// <summary>The server is done with the connection. Where nobody gave a reason before, the fault is the server's.</summary>
    public async Task FinishAsync()
    {
        End(DisconnectReason.ServerError, MqttDisconnectReasonCode.UnspecifiedError);
        await Closed;
        _reader.Release();
        Subscriptions.Clear();
        _context.Open.Leave(this);
        _finished.TrySetResult();
    }

    private async Task<MqttPacket?> ReceiveConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_context.Options.ConnectTimeout, _context.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        if (await _reader.ReadAsync(limit.Token) is not MqttConnectPacket connect) return null;

        Refusal = ConnectRules.Refusal(connect);
        if (Refusal is not null) return connect;
        _handshake = Handshake.Of(connect, PacketFormatterAdapter.ProtocolVersion);
        _writer.MaximumPacketSize = connect.MaximumPacketSize;
        if (!await _context.Open.TryEnterAsync(this, limit.Token)) return null;

        var now = ConnectionReports.Now(_context.Clock);
        var number = _context.Versions.Next(ClientId, now.ToUnixTimeMilliseconds());
        var connection = new Connection(Source, Guid.NewGuid().ToString("N"), number);
        var principal = string.IsNullOrEmpty(connect.Username) ? null : connect.Username;
        _connect = new ThingConnected(ClientId, connection, now, principal, _handshake.Session, _addresses);
        return connect;
    }

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
            await _socket.SendAsync(bytes);
            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Gone already.
        }
    }

    private async Task CloseAsync(MqttDisconnectReasonCode? farewell, bool mayStillSend)
    {
        try
        {
            if (farewell is { } code && PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500 && _reports.Accepted)
                await Farewell.SayAsync(code, _socket, _writer, _acknowledged.Task, mayStillSend);
        }
        finally
        {
            // Whatever happened: the client id must become free.
            _socket.Dispose();
            _closed.TrySetResult();
        }
    }

    private bool HasUnread()
    {
        try
        {
            return _socket.Available > 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
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
    public void Dispose() => _socket.Dispose();
}
