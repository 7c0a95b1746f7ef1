using System.Collections.Concurrent;
using System.Net.Sockets;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Channels;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Connectivity.Gateway.Listening;

/// <summary>
/// Accepts the sockets of all endpoints, which share the limits, and passes each to MQTTnet's server as a
/// <see cref="DeviceConnection"/>.
/// </summary>
internal sealed class DeviceListener(DeviceConnectionContext context, ILogger logger) : IMqttServerAdapter
{
    private readonly ConcurrentDictionary<DeviceConnection, Task> _connections = new();
    private readonly List<DeviceEndpoint> _endpoints = [];
    private readonly Lock _lock = new();
    private bool _started;
    private bool _stopped;
    private int _open;
    private long _refused;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public IReadOnlyList<DeviceEndpoint> Endpoints
    {
        get
        {
            lock (_lock) return [.. _endpoints.Where(endpoint => !endpoint.IsClosed)];
        }
    }

    /// <summary>Open sockets.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Sockets closed immediately because too many were open.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Binds the address. Accepts connections from <see cref="StartAsync"/> on.</summary>
    /// <exception cref="SocketException">The address can't be listened on; the port may be taken.</exception>
    /// <exception cref="ObjectDisposedException">The listener has stopped.</exception>
    public DeviceEndpoint Listen(EndpointOptions options)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopped, this);
            var endpoint = new DeviceEndpoint(options, context.Clock, logger);
            _endpoints.RemoveAll(previous => previous.IsClosed);
            _endpoints.Add(endpoint);
            if (_started) Begin(endpoint);
            return endpoint;
        }
    }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger libraryLog)
    {
        lock (_lock)
        {
            _started = true;
            _endpoints.ForEach(Begin);
        }

        return Task.CompletedTask;
    }

    /// <summary>
    /// Visits all connections, authenticated or not. May leave out connections that open or close during the call.
    /// </summary>
    public void ForEach(Action<DeviceConnection> action)
    {
        foreach (var (connection, _) in _connections) action(connection);
    }

    /// <summary>Stops accepting and ends every connection; returns once all have finished.</summary>
    public async Task StopAsync()
    {
        lock (_lock) _stopped = true;
        foreach (var endpoint in _endpoints) await endpoint.CloseAsync();
        ForEach(connection => connection.End(
            DisconnectReason.ServerInitiatedDisconnect, MqttDisconnectReasonCode.ServerShuttingDown));
        foreach (var (_, serving) in _connections) await serving;
    }

    public void Dispose() => context.Limiter.Dispose();

    private void Begin(DeviceEndpoint endpoint)
    {
        var handshake = endpoint.Options.Certificate is { } certificate
            ? new TlsHandshake(certificate, context.Clock, logger)
            : null;
        endpoint.Begin(socket => Take(socket, handshake));
    }

    private void Take(Socket socket, TlsHandshake? handshake)
    {
        try
        {
            if (Open - context.Limiter.Count < context.Options.MaximumConnections)
            {
                socket.NoDelay = true;
                var connection = new DeviceConnection(
                    handshake is null ? new PlainChannel(socket) : new TlsChannel(socket, handshake),
                    context.Options.EndpointsOf(socket), context);
                if (context.Limiter.TryEnter(connection))
                {
                    Serve(connection);
                    return;
                }
            }

            Refuse();
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // The client has already disconnected.
        }

        socket.Dispose();
    }

    private void Refuse()
    {
        var refused = Interlocked.Increment(ref _refused);
        if (refused % 1000 == 1) logger.TooManyConnections(context.Options.MaximumConnections, refused);
    }

    private void Serve(DeviceConnection connection)
    {
        Interlocked.Increment(ref _open);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _connections[connection] = ServeAsync(connection, started.Task);
        started.SetResult();
    }

    private async Task ServeAsync(DeviceConnection connection, Task started)
    {
        await started;
        try
        {
            await context.Limiter.TurnAsync(connection);
            if (ClientHandler is { } serve) await serve(connection);
        }
        catch (Exception exception)
        {
            logger.ServingFailed(nameof(MqttServer), exception.GetType().Name);
        }

        await connection.FinishAsync();
        Interlocked.Decrement(ref _open);
        _connections.TryRemove(connection, out _);
    }
}
