using System.Diagnostics.Metrics;
using System.Net;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Listening;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Routing;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet.Server;

namespace Connectivity.Gateway;

/// <summary>
/// The MQTT endpoint devices connect to (MQTT 3.1.1 and 5.0). Reports the connect and the disconnect of every client, and publishes
/// them as presence messages once they are stored. Starts and stops once.
/// </summary>
public sealed class MqttGateway : IAsyncDisposable
{
    /// <summary>Of what the gateway counts.</summary>
    public const string MeterName = GatewayMetrics.MeterName;

    private readonly GatewayOptions _options;
    private readonly ILogger _logger;
    private readonly ActiveConnections _open = new();
    private readonly EventQueue _reports;
    private readonly EventPump _pump;
    private readonly FailedConnects _failedConnects;
    private readonly PresencePublisher _presence;
    private readonly DeviceListener _listener;
    private readonly MqttServer _server;
    private readonly KeepAliveWatch _keepAlives;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _stopLock = new();
    private Task _pumping = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private Task _tellingFailures = Task.CompletedTask;
    private DeviceEndpoint? _plain;
    private DeviceEndpoint? _tls;
    private Task? _stopped;

    /// <exception cref="ArgumentException">An option is out of its bounds; the message names every such option.</exception>
    public MqttGateway(
        GatewayOptions options, IDeviceAccess access, ILifecycleSink sink, IMeterFactory meters, TimeProvider clock, ILogger<MqttGateway> logger)
    {
        if (options.Validate(options.Certificate is not null) is { Count: > 0 } errors) throw new ArgumentException(string.Join("; ", errors));
        _options = options;
        _logger = logger;
        _reports = new EventQueue(
            options.MaximumQueuedEvents, logger,
            options.SpillDirectory is { } directory ? () => EventSpill.Open(directory, options.MaximumSpillBytes) : null);
        var metrics = new GatewayMetrics(meters);
        var reserved = new ReservedTopics();
        var variants = new PresenceVariants();
        _failedConnects = new FailedConnects(reserved, metrics, clock);
        _listener = new DeviceListener(
            new DeviceConnectionContext(
                options, _open, _reports, new VersionNumbers(), new RoutingBounds(options, logger), reserved,
                new ConnectAdmission(access, _failedConnects, metrics, logger), metrics, clock, logger),
            logger);
        _server = MessageRouting.Server(options, _listener, _open, reserved, variants, logger);
        _presence = new PresencePublisher(_server, reserved, variants, access, clock, logger);
        _pump = new EventPump(_reports, sink, _presence, clock, logger);
        _keepAlives = new KeepAliveWatch(_open, clock, logger);
        metrics.Observe(() => _listener.Open, () => _listener.Refused, () => _reports.Lost, () => _reports.BytesOnDisk);
    }

    /// <summary>The port listened on without TLS from the start on; 0 if there is none.</summary>
    public int Port => _plain?.Port ?? 0;

    /// <summary>The port listened on with TLS from the start on; 0 if there is none.</summary>
    public int TlsPort => _tls?.Port ?? 0;

    /// <summary>What is listened on.</summary>
    public IReadOnlyList<DeviceEndpoint> Endpoints => _listener.Endpoints;

    /// <summary>Lifecycle events lost since the start, because the sink failed for longer than memory and disk could hold.</summary>
    public long LostEvents => _reports.Lost;

    /// <summary>Lifecycle events that wait for the sink in memory, a batch under way not counted.</summary>
    public int QueuedEvents => _reports.InMemory;

    /// <summary>Bytes of the lifecycle events that wait for the sink on disk.</summary>
    public long SpilledBytes => _reports.BytesOnDisk;

    /// <exception cref="System.Net.Sockets.SocketException">
    /// The address can't be listened on; <c>AddressAlreadyInUse</c> where the port is taken.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.PlainEnabled) _plain = Listen(new EndpointOptions(IPAddress.Parse(_options.Address), _options.Port));
        if (_options.Certificate is { } certificate)
            _tls = Listen(new EndpointOptions(IPAddress.Parse(_options.Address), _options.TlsPort, certificate));
        _pumping = Task.Run(() => _pump.RunAsync(_giveUp.Token), CancellationToken.None);
        _tellingFailures = Task.Run(() => _failedConnects.PublishAsync(_presence, _giveUp.Token), CancellationToken.None);
        _watching = _keepAlives.RunAsync(_stopping.Token);
        await _server.StartAsync();
    }

    /// <summary>
    /// Listens on another address too, until the endpoint is closed or the gateway stops. To listen on an address instead of one that
    /// includes it, or is included in it, with the same port, the other endpoint is closed first; connections stay.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">
    /// The address can't be listened on; <c>AddressAlreadyInUse</c> where the port is taken.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The gateway has stopped.</exception>
    public DeviceEndpoint Listen(EndpointOptions options) => _listener.Listen(options);

    /// <summary>
    /// Ends the connections whose device may not be connected any more, and refuses those that are just being decided on. The cause is
    /// the disconnect reason reported; MQTT 5 clients are told 0x87, not authorised. To be called when the host would already decide so.
    /// </summary>
    /// <param name="concerned">Given a client id and its identity. Called from other threads too, for a short while after the return.</param>
    public void EndConnections(Func<string, IDeviceIdentity, bool> concerned, RevocationCause cause)
    {
        var revocation = new Revocation(concerned, cause);
        _listener.ForEach(connection => connection.EndIfRevoked(revocation));
    }

    /// <summary>
    /// Reports the connect of the client's open connection again, or of all open connections where <paramref name="clientId"/> is null,
    /// with the time it really happened. Completes once the sink has taken them, or they wait for it on disk. Publishes no presence message.
    /// </summary>
    public Task ReannounceOpenConnectionsAsync(string? clientId, CancellationToken cancellationToken)
    {
        List<Task> repeated = [];
        if (clientId is null) _open.ForEach(connection => repeated.Add(connection.ReannounceConnect()));
        else if (_open.Find(clientId) is { } connection) repeated.Add(connection.ReannounceConnect());
        return Task.WhenAll(repeated).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Reports every open connection as a new one, with a new pair and the present time: after others have taken this gateway for dead, and
    /// its sessions for ended.
    /// </summary>
    public void ReportOpenConnectionsAsNew() => _open.ForEach(connection => connection.ReportAsNew());

    /// <summary>The sessions that are open.</summary>
    public IReadOnlyList<(string ClientId, ConnectionKey Connection)> OpenSessions()
    {
        List<(string, ConnectionKey)> sessions = [];
        _open.ForEach(device =>
        {
            if (device.OpenConnection is { } connection) sessions.Add((device.ClientId, connection));
        });
        return sessions;
    }

    /// <summary>
    /// Ends a client's connection because it has connected to another node: <c>DUPLICATE_CLIENTID</c>; MQTT 5 clients are told 0x8E, session taken
    /// over. Nothing where the session is not the one that is open.
    /// </summary>
    public void EndSuperseded(string clientId, string sessionIdentifier) => _open.Find(clientId)?.EndIfSuperseded(sessionIdentifier);

    /// <summary>
    /// Ends every connection (MQTT 5 clients are told 0x8B, server shutting down) and hands all queued events to the sink before it
    /// returns. While the sink fails it waits, until <paramref name="cancellationToken"/> says to give the rest up: what is on disk waits there for the
    /// next start, anything else is lost; that is logged.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var givingUp = cancellationToken.Register(_giveUp.Cancel);
        Task stopped;
        lock (_stopLock) stopped = _stopped ??= StopOnceAsync();
        await stopped;
    }

    /// <summary>Stops, if that was not done, without waiting for a sink that fails.</summary>
    public async ValueTask DisposeAsync()
    {
        using var briefly = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await StopAsync(briefly.Token);
        _server.Dispose();
    }

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync();
        await _listener.StopAsync();
        await _watching;
        await _server.StopAsync(new MqttServerStopOptions());
        _reports.Complete();
        _failedConnects.Complete();
        await Task.WhenAll(_pumping, _tellingFailures);
        _reports.End();
        _logger.Stopped(_reports.Lost);
    }
}
