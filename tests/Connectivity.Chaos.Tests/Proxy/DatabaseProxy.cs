using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Connectivity.Chaos.Tests.Proxy;

/// <summary>
/// Stands between hosts and their database, on loopback, and understands as much of PostgreSQL's protocol as it needs to break things at the
/// worst moment. While no fault is armed it changes nothing.
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

    /// <param name="socketPath">Where the server's Unix socket lies at the moment.</param>
    public DatabaseProxy(Func<string> socketPath)
    {
        _socketPath = socketPath;
        _listener = new TcpListener(IPAddress.Loopback, 0);
        _listener.Start();
        _port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>The way through the proxy. Unencrypted, so that it can be understood; impatient, so that a stall is soon one.</summary>
    public string Through(string connectionString, TimeSpan commandTimeout) => new NpgsqlConnectionStringBuilder(connectionString)
    {
        Host = "127.0.0.1",
        Port = _port,
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        CommandTimeout = (int)commandTimeout.TotalSeconds,
        CancellationTimeout = 500,
    }.ConnectionString;

    /// <summary>The fault strikes the next transaction that stores events.</summary>
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

    /// <summary>Nobody is there any more: every connection breaks, and new ones are refused.</summary>
    public async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _listener, null) is { } listener) listener.Dispose();
        await _accepting;
        CutAll();
    }

    /// <summary>Is there again.</summary>
    public void Open()
    {
        _listener = new TcpListener(IPAddress.Loopback, _port);
        _listener.Start();
        _accepting = AcceptAsync(_listener);
    }

    /// <summary>From now on who connects is told this error, as by a server that starts or is full; null lets everybody in.</summary>
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
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task RunAsync(ProxiedConnection connection)
    {
        // Entered before it can leave.
        await Task.Yield();
        await connection.RunAsync();
        _connections.TryRemove(connection, out _);
    }
}
