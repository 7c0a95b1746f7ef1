using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// What is reported of one connection: its connect, once its CONNECT is accepted, and then exactly one disconnect, whose reason is the
/// first that was found, whatever happens at the same time. A connection that was never accepted is not reported.
/// </summary>
internal sealed class ConnectionEvents(EventQueue queue, TimeProvider clock)
{
    // Events are queued under the lock, so that their order in the queue is their order here.
    private readonly Lock _lock = new();
    private readonly List<ThingDisconnected> _unreported = [];
    private volatile ThingConnected? _connect;
    private volatile bool _ended;

    public bool Accepted => _connect is not null;

    /// <summary>Accepted, and not ended since.</summary>
    public bool Open => Accepted && !_ended;

    public bool Ended => _ended;

    /// <summary>The connection as it was last reported; null where it is not open.</summary>
    public ConnectionKey? OpenConnection => _ended ? null : _connect?.Connection;

    /// <summary>False where the connection ended before it was accepted.</summary>
    public bool TryOpen(ThingConnected connect)
    {
        lock (_lock)
        {
            if (_ended) return false;
            _connect = connect;
            queue.Add(connect, Backdating.Disallowed);
            ReportDisconnects();
            return true;
        }
    }

    /// <summary>False where the connection had ended already.</summary>
    /// <param name="successor">
    /// The connection that takes this one's client id over. It reports this one's disconnect after its own connect, or when it ends without one: the
    /// client is never shown offline in between.
    /// </param>
    public bool TryEnd(string reason, ConnectionEvents? successor = null)
    {
        lock (_lock)
        {
            if (_ended) return false;
            _ended = true;
            if (_connect is { } connect) _unreported.Add(Disconnect(connect, reason));
            if (successor is null) ReportDisconnects();
        }

        // Ended, it is written to no more.
        successor?.Supersede(_unreported);
        return true;
    }

    /// <summary>Reports the connect again with its true time. Completes once the sink has taken it; at once where nothing is open.</summary>
    public Task ReannounceConnect()
    {
        lock (_lock) return _ended || _connect is null ? Task.CompletedTask : queue.Add(_connect, Backdating.Allowed).Completion;
    }

    /// <summary>Reports the open connection under a new pair, with the present time. Nothing where it is not open.</summary>
    public void ReportAsNew(Func<DateTimeOffset, ConnectionKey> newConnection)
    {
        lock (_lock)
        {
            if (_ended || _connect is not { } connect) return;
            var now = EventTime.Truncate(clock.GetUtcNow());
            _connect = connect with { Connection = newConnection(now), OccurredAt = now };
            queue.Add(_connect, Backdating.Disallowed);
        }
    }

    private void Supersede(List<ThingDisconnected> disconnects)
    {
        lock (_lock)
        {
            _unreported.AddRange(disconnects);
            if (_ended || Accepted) ReportDisconnects();
        }
    }

    private void ReportDisconnects()
    {
        foreach (var disconnect in _unreported) queue.Add(disconnect, Backdating.Disallowed);
        _unreported.Clear();
    }

    private ThingDisconnected Disconnect(ThingConnected connect, string reason)
    {
        var now = EventTime.Truncate(clock.GetUtcNow());
        // A clock that was set back must not end a connection before it began.
        return new ThingDisconnected(
            connect.ClientId, connect.Connection, now > connect.OccurredAt ? now : connect.OccurredAt, connect.PrincipalIdentifier,
            connect.Session, connect.Socket, reason, reason == DisconnectReason.ClientInitiatedDisconnect);
    }
}
