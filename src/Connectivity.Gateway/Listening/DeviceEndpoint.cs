using System.Net;
using System.Net.Sockets;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Listening;

/// <summary>An address that devices connect to. Closing it leaves its connections open.</summary>
public sealed class DeviceEndpoint
{
    /// <summary>Large, because a whole fleet may reconnect at once. The operating system may lower it.</summary>
    private const int Backlog = 4096;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _closing = new();
    private readonly Socket _socket;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private Task _accepting = Task.CompletedTask;

    /// <exception cref="SocketException">The address can't be listened on; the port may be taken.</exception>
    internal DeviceEndpoint(EndpointOptions options, TimeProvider clock, ILogger logger)
    {
        Options = options;
        _clock = clock;
        _logger = logger;
        _socket = new Socket(options.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (options.Address.Equals(IPAddress.IPv6Any)) _socket.DualMode = true;
            _socket.Bind(new IPEndPoint(options.Address, options.Port));
            _socket.Listen(Backlog);
            Port = ((IPEndPoint)_socket.LocalEndPoint!).Port;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public EndpointOptions Options { get; }

    /// <summary>The port listened on, also if port 0 was configured.</summary>
    public int Port { get; }

    public bool IsEncrypted => Options.Certificate is not null;

    internal bool IsClosed => _closing.IsCancellationRequested;

    /// <summary>Stops accepting and frees the port. Connections in the backlog are closed.</summary>
    public async Task CloseAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        await _accepting;
    }

    /// <param name="take">Takes ownership of the socket.</param>
    internal void Begin(Action<Socket> take) => _accepting = AcceptAsync(take, _closing.Token);

    private async Task AcceptAsync(Action<Socket> take, CancellationToken closing)
    {
        while (!closing.IsCancellationRequested)
        {
            try
            {
                take(await _socket.AcceptAsync(closing));
            }
            catch (Exception) when (closing.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // The client left while it waited, or there was no free file handle: go on accepting others.
                _logger.AcceptFailed(exception.GetType().Name, RetryDelay.TotalMilliseconds);
                await Task.Delay(RetryDelay, _clock, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
