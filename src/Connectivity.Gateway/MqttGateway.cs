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
/// The MQTT endpoint devices connect to (MQTT 3.1.1 and 5.0). Reports the connect and the disconnect of every client,
/// and publishes presence messages once they are stored. Can be started and stopped once.
/// </summary>
/// <remarks>Longer than other files because the orders of start and of stop have to be read together.</remarks>
public sealed class MqttGateway : IAsyncDisposable
{
    /// <summary>The name of the gateway's meter.</summary>
    public const string MeterName = GatewayMetrics.MeterName;

    private readonly GatewayOptions _options;
    private readonly ILogger _logger;
    private readonly ActiveConnections _connections = new();
    private readonly EventQueue _events;
    private readonly EventPump _pump;
    private readonly FailedConnects _failedConnects;
    private readonly PresencePublisher _presence;
    private readonly DeviceListener _listener;
    private readonly MqttServer _server;
    private readonly KeepAliveWatch _keepAlives;
    private readonly FreezeDetector _freezes;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _stopLock = new();
    private Task _pumping = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private Task _publishingFailures = Task.CompletedTask;
    private DeviceEndpoint? _plain;
    private DeviceEndpoint? _tls;
    private Task? _stopped;

    /// <exception cref="ArgumentException">An option is out of range; the message names every such option.</exception>
    public MqttGateway(
        GatewayOptions options, IDeviceAccess access, ILifecycleSink sink, IMeterFactory meters, TimeProvider clock,
        ILogger<MqttGateway> logger)
    {
        if (options.Validate(options.Certificate is not null) is { Count: > 0 } errors)
            throw new ArgumentException(string.Join("; ", errors));
        _options = options;
        _logger = logger;
        _freezes = new FreezeDetector(clock, TimeProvider.System);
        _events = new EventQueue(
            options.MaximumQueuedEvents, logger,
            options.SpillDirectory is { } directory
                ? () => EventSpill.Open(directory, options.MaximumSpillBytes)
                : null);
        var metrics = new GatewayMetrics(meters);
        var reserved = new ReservedTopics();
        var variants = new PresenceVariants();
        _failedConnects = new FailedConnects(reserved, metrics, clock);
        _listener = new DeviceListener(
            new DeviceConnectionContext(
                options, new ConnectionLimiter(options), _connections, _events, new VersionNumbers(),
                new RoutingBounds(options, logger), reserved,
                new ConnectAdmission(access, _failedConnects, metrics, logger), metrics, _freezes, clock, logger),
            logger);
        _server = MessageRouting.Server(options, _listener, _connections, reserved, variants, logger);
        _presence = new PresencePublisher(_server, reserved, variants, access, clock, logger);
        _pump = new EventPump(_events, sink, _presence, clock, logger);
        _keepAlives = new KeepAliveWatch(_connections, _freezes, clock, logger);
        metrics.Observe(() => _listener.Open, () => _listener.Refused, () => _events.Lost, () => _events.BytesOnDisk);
    }

    /// <summary>The port of the initial endpoint without TLS; 0 if there is none.</summary>
    public int Port => _plain?.Port ?? 0;

    /// <summary>The port of the initial endpoint with TLS; 0 if there is none.</summary>
    public int TlsPort => _tls?.Port ?? 0;

    /// <summary>The open endpoints.</summary>
    public IReadOnlyList<DeviceEndpoint> Endpoints => _listener.Endpoints;

    /// <summary>
    /// Lifecycle events lost since the start, because the sink failed for longer than memory and disk could hold.
    /// </summary>
    public long LostEvents => _events.Lost;

    /// <summary>Lifecycle events that wait for the sink in memory, the batch in flight not counted.</summary>
    public int QueuedEvents => _events.InMemory;

    /// <summary>Whether the sink has accepted all lifecycle events that the previous host left on disk.</summary>
    public bool PreviousEventsStored => _events.PreviousEventsStored;

    /// <summary>Bytes of the lifecycle events that wait for the sink on disk.</summary>
    public long SpilledBytes => _events.BytesOnDisk;

    /// <exception cref="System.Net.Sockets.SocketException">
    /// The address can't be listened on; <c>AddressAlreadyInUse</c> where the port is taken.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.PlainEnabled)
            _plain = Listen(new EndpointOptions(IPAddress.Parse(_options.Address), _options.Port));
        if (_options.Certificate is { } certificate)
            _tls = Listen(new EndpointOptions(IPAddress.Parse(_options.Address), _options.TlsPort, certificate));
        _pumping = Task.Run(() => _pump.RunAsync(_giveUp.Token), CancellationToken.None);
        _publishingFailures = Task.Run(
            () => _failedConnects.PublishAsync(_presence, _giveUp.Token), CancellationToken.None);
        _watching = _keepAlives.RunAsync(_stopping.Token);
        await _server.StartAsync();
    }

    /// <summary>
    /// Listens on a further address, until the endpoint is closed or the gateway stops. To replace an endpoint by one
    /// that has the same port and overlaps it, close the old one first; its connections stay open.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">
    /// The address can't be listened on; <c>AddressAlreadyInUse</c> where the port is taken.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The gateway has stopped.</exception>
    public DeviceEndpoint Listen(EndpointOptions options) => _listener.Listen(options);

    /// <summary>
    /// Ends the connections whose device may no longer connect, and refuses those whose decision is in progress. The
    /// cause determines the reported disconnect reason; MQTT 5 clients receive 0x87, not authorised. Call it after the
    /// change takes effect in the host's decisions.
    /// </summary>
    /// <param name="concerned">
    /// Receives a client id and its identity. May still be called from other threads for a short time after the return.
    /// </param>
    public void EndConnections(Func<string, IDeviceIdentity, bool> concerned, RevocationCause cause)
    {
        var revocation = new Revocation(concerned, cause);
        _listener.ForEach(connection => connection.EndIfRevoked(revocation));
    }

    /// <summary>
    /// Reports the connect of the client's open connection again, or of all open connections where
    /// <paramref name="clientId"/> is null, with its original time. Completes once the sink has accepted the events, or
    /// they are on disk. Publishes no presence message.
    /// </summary>
    public Task ReannounceOpenConnectionsAsync(string? clientId, CancellationToken cancellationToken)
    {
        List<Task> announced = [];
        if (clientId is null) _connections.ForEach(connection => announced.Add(connection.ReannounceConnect()));
        else if (_connections.Find(clientId) is { } connection) announced.Add(connection.ReannounceConnect());
        return Task.WhenAll(announced).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Reports every open connection as a new one, with a new key and the current time. Used after other hosts
    /// considered this gateway dead and closed its sessions.
    /// </summary>
    public void ReportOpenConnectionsAsNew() => _connections.ForEach(connection => connection.ReportAsNew());

    /// <summary>The connects of the sessions that are open, as they were last reported.</summary>
    public IReadOnlyList<ThingConnected> OpenSessions()
    {
        List<ThingConnected> sessions = [];
        _connections.ForEach(device =>
        {
            if (device.OpenConnect is { } connect) sessions.Add(connect);
        });
        return sessions;
    }

    /// <summary>
    /// The host has renewed its lease. Where this process does not run for longer than that after it, because it was
    /// stopped or its machine suspended, the ends that it finds on waking are inferred at that moment.
    /// </summary>
    public void LeaseRenewed(DateTimeOffset at, TimeSpan duration) => _freezes.LeaseRenewed(at, duration);

    /// <summary>
    /// Ends a client's connection because the client has connected to another node: <c>DUPLICATE_CLIENTID</c>; MQTT 5
    /// clients receive 0x8E, session taken over. Does nothing if another session of the client is open.
    /// </summary>
    public void EndSuperseded(string clientId, string sessionIdentifier) =>
        _connections.Find(clientId)?.EndIfSuperseded(sessionIdentifier);

    /// <summary>
    /// Ends every connection (MQTT 5 clients receive 0x8B, server shutting down) and delivers all queued events to the
    /// sink before it returns. While the sink fails it waits until <paramref name="cancellationToken"/> is cancelled:
    /// the events on disk stay there for the next start, all others are lost; both are logged.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.Register(_giveUp.Cancel);
        Task stopped;
        lock (_stopLock) stopped = _stopped ??= StopOnceAsync();
        await stopped;
    }

    /// <summary>Stops the gateway, if it has not stopped, and waits for a failing sink at most 5 s.</summary>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await StopAsync(timeout.Token);
        _server.Dispose();
    }

    private async Task StopOnceAsync()
    {
        await _stopping.CancelAsync();
        await _listener.StopAsync();
        await _watching;
        await _server.StopAsync(new MqttServerStopOptions());
        _events.Complete();
        _failedConnects.Complete();
        await Task.WhenAll(_pumping, _publishingFailures);
        _events.End();
        _logger.Stopped(_events.Lost);
    }
}
