using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Connections;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Connectivity.Gateway.Listening;

/// <summary>Accepts sockets and gives each to MQTTnet's server as a <see cref="DeviceConnection"/>.</summary>
internal sealed class DeviceListener(DeviceConnectionContext context, ILogger logger) : IMqttServerAdapter
{
    /// <summary>Sockets that wait to be accepted; a whole fleet may reconnect at once. The operating system may lower it.</summary>
    private const int Backlog = 4096;

    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<DeviceConnection, Task> _connections = new();
    private readonly CancellationTokenSource _stopping = new();
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _open;
    private long _refused;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    public int Port => (_listener?.LocalEndPoint as IPEndPoint)?.Port ?? 0;

    /// <exception cref="SocketException">The address can't be listened on; the port may be taken.</exception>
    public void Bind()
    {
        var address = context.Options.Address;
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any)) listener.DualMode = true;
            listener.Bind(new IPEndPoint(address, context.Options.Port));
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        _listener = listener;
    }

    public Task StartAsync(MqttServerOptions options, IMqttNetLogger libraryLog)
    {
        _accepting = AcceptAsync(_listener ?? throw new InvalidOperationException("Bind comes first."));
        return Task.CompletedTask;
    }

    /// <summary>Accepts no more, and ends every connection; returns once they are done.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _listener?.Dispose();
        await _accepting;
        foreach (var (connection, _) in _connections)
            connection.End(DisconnectReason.ServerInitiatedDisconnect, MqttDisconnectReasonCode.ServerShuttingDown);
        foreach (var (_, serving) in _connections) await serving;
    }

    public void Dispose()
    {
        _listener?.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Begin(await listener.AcceptAsync(_stopping.Token));
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // A client that left while it waited, or no file handle left for it: others must still be accepted.
                logger.AcceptFailed(exception.GetType().Name, PauseAfterFault.TotalMilliseconds);
                await Task.Delay(PauseAfterFault, context.Clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Begin(Socket socket)
    {
        if (Volatile.Read(ref _open) >= context.Options.MaximumConnections)
        {
            socket.Dispose();
            var refused = Interlocked.Increment(ref _refused);
            if (refused % 1000 == 1) logger.TooManyConnections(context.Options.MaximumConnections, refused);
            return;
        }

        DeviceConnection connection;
        try
        {
            socket.NoDelay = true;
            connection = new DeviceConnection(socket, context);
        }
        catch (SocketException)
        {
            // Gone before it was looked at.
            socket.Dispose();
            return;
        }

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
