using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>
/// A proxy on loopback between hosts and their database. It parses as much of PostgreSQL's protocol as it needs to
/// inject faults around a COMMIT. While no fault is armed it changes nothing.
/// </summary>
public sealed class DatabaseProxy : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private readonly ConcurrentQueue<Fault> _ofStatements = new();
    private readonly ConcurrentQueue<Fault> _ofCommits = new();
    private readonly Func<string> _socketPath;
    private readonly int _port;
    private TcpListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private volatile string? _refusal;

    /// <param name="socketPath">Returns the current path of the server's Unix socket.</param>
    public DatabaseProxy(Func<string> socketPath)
    {
        _socketPath = socketPath;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>
    /// A connection string through the proxy: unencrypted, so that the proxy can parse the messages, and with short
    /// timeouts, so that a stall soon exceeds them.
    /// </summary>
    public string Through(string connectionString, TimeSpan commandTimeout) =>
        new NpgsqlConnectionStringBuilder(connectionString)
        {
            Host = "127.0.0.1",
            Port = _port,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
            CommandTimeout = (int)commandTimeout.TotalSeconds,
            CancellationTimeout = 500,
        }.ConnectionString;

    /// <summary>Injects the fault into the next transaction that stores events.</summary>
    public Fault Arm(Fault fault)
    {
        (fault.IsOfStatement ? _ofStatements : _ofCommits).Enqueue(fault);
        return fault;
    }

    /// <summary>Breaks every connection.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys) connection.Cut();
    }

    /// <summary>Breaks every connection, and refuses new ones.</summary>
    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _listener, null) is { } listener) listener.Dispose();
        await _accepting;
        CutAll();
    }

    /// <summary>Accepts connections again.</summary>
    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>
    /// Answers new connections with this error, as a server does that starts or is full; null accepts them again.
    /// </summary>
    public void RefuseWith(string? sqlState) => _refusal = sqlState;

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await Task.WhenAll(_connections.Values);
    }

    internal string? Refusal => _refusal;

    internal Fault? TakeOfStatement() => _ofStatements.TryDequeue(out var fault) ? fault : null;

    internal Fault? TakeOfCommit() => _ofCommits.TryDequeue(out var fault) ? fault : null;

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                var client = await listener.AcceptSocketAsync();
                var connection = new ProxiedConnection(this, client, _socketPath());
                _connections[connection] = RunAsync(connection);
            }
            catch (Exception closed)
                when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        // The connection is added before it can be removed.
        await Task.Yield();
        await connection.RunAsync();
        _connections.TryRemove(connection, out _);
    }
}
