using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Listening;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Routing;
using Microsoft.Extensions.Logging;
using MQTTnet.Server;

namespace Connectivity.Gateway;

/// <summary>
/// The MQTT endpoint devices connect to (MQTT 3.1.1 and 5.0). Reports the connect and the disconnect of every client, and publishes
/// them as presence messages once they are stored. Starts and stops once.
/// </summary>
public sealed class MqttGateway : IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly OpenConnections _open = new();
    private readonly ReportQueue _reports;
    private readonly ReportPump _pump;
    private readonly DeviceListener _listener;
    private readonly MqttServer _server;
    private readonly KeepAliveWatch _keepAlives;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _giveUp = new();
    private readonly Lock _stopLock = new();
    private Task _pumping = Task.CompletedTask;
    private Task _watching = Task.CompletedTask;
    private Task? _stopped;

    /// <exception cref="ArgumentException">An option is out of its bounds; the message names every such option.</exception>
    public MqttGateway(GatewayOptions options, ILifecycleSink sink, TimeProvider clock, ILogger<MqttGateway> logger)
    {
        options.Validate();
        _logger = logger;
        _reports = new ReportQueue(options.MaximumQueuedReports, logger);
        var reserved = new ReservedTopics();
        var context = new DeviceConnectionContext(
            options, _open, _reports, new VersionNumbers(), new RoutingBounds(options, logger), reserved, clock);
        _listener = new DeviceListener(context, logger);
        _server = MessageRouting.Server(options, _listener, _open, reserved, logger);
        _pump = new ReportPump(_reports, sink, new PresencePublisher(_server, reserved, logger), clock, logger);
        _keepAlives = new KeepAliveWatch(_open, clock, logger);
    }

    /// <summary>The port listened on; known once the gateway has started.</summary>
    public int Port { get; private set; }

    /// <summary>Lifecycle events lost since the start, because the sink failed for longer than the queue could hold.</summary>
    public long LostReports => _reports.Lost;

    /// <summary>Lifecycle events that wait for the sink, a batch under way not counted.</summary>
    public int QueuedReports => _reports.Reader.Count;

    /// <exception cref="System.Net.Sockets.SocketException">
    /// The address can't be listened on; <c>AddressAlreadyInUse</c> where the port is taken.
    /// </exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _listener.Bind();
        Port = _listener.Port;
        _pumping = Task.Run(() => _pump.RunAsync(_giveUp.Token), CancellationToken.None);
        _watching = _keepAlives.RunAsync(_stopping.Token);
        await _server.StartAsync();
    }

    /// <summary>
    /// Reports the connect of the client's open connection again, or of all open connections where <paramref name="clientId"/> is null,
    /// with the time it really happened. Completes once the sink has taken them. Publishes no presence message.
    /// </summary>
    public Task ReportOpenConnectionsAsync(string? clientId, CancellationToken cancellationToken)
    {
        List<Task> repeated = [];
        if (clientId is null) _open.ForEach(connection => repeated.Add(connection.RepeatConnect()));
        else if (_open.Find(clientId) is { } connection) repeated.Add(connection.RepeatConnect());
        return Task.WhenAll(repeated).WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Ends every connection (MQTT 5 clients are told 0x8B, server shutting down) and hands all queued events to the sink before it
    /// returns. While the sink fails it waits, until <paramref name="cancellationToken"/> says to give the rest up; that is logged.
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
        await _pumping;
        _logger.Stopped(_reports.Lost);
    }
}
