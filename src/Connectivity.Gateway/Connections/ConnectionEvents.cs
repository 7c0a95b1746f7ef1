using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The lifecycle events of one connection: its connect, once its CONNECT is accepted, and then exactly one disconnect
/// with the first reason that was found, also when several ends coincide. A connection that was never accepted has no
/// events.
/// </summary>
internal sealed class ConnectionEvents(EventQueue queue, TimeProvider clock)
{
    // Events are queued under the lock, so that their order in the queue is their order here.
    private readonly Lock _lock = new();
    private readonly List<ThingDisconnected> _pendingDisconnects = [];
    private volatile ThingConnected? _connect;
    private volatile bool _ended;
    private bool _isToBeReannounced;

    public bool Accepted => _connect is not null;

    /// <summary>Accepted, and not ended since.</summary>
    public bool Open => Accepted && !_ended;

    public bool Ended => _ended;

    /// <summary>The connect that was last reported; null if the connection is not open.</summary>
    public ThingConnected? OpenConnect => _ended ? null : _connect;

    /// <summary>False if the connection ended before it was accepted.</summary>
    public bool TryOpen(ThingConnected connect)
    {
        lock (_lock)
        {
            if (_ended) return false;
            _connect = connect;
            queue.Add(connect, Backdating.Disallowed);
            // An indexed period may have begun after the connect took its time.
            if (_isToBeReannounced) queue.Add(connect, Backdating.Allowed);
            ReportDisconnects();
            return true;
        }
    }

    /// <summary>False if the connection has already ended.</summary>
    /// <param name="lastAlive">
    /// Not null where this process was frozen: the end was not observed, and is inferred at this moment.
    /// </param>
    /// <param name="successor">
    /// The connection that takes over the client id. It reports this connection's disconnect after its own connect, or
    /// when it ends without one, so that the client never appears offline in between.
    /// </param>
    public bool TryEnd(string reason, DateTimeOffset? lastAlive = null, ConnectionEvents? successor = null)
    {
        lock (_lock)
        {
            if (_ended) return false;
            _ended = true;
            if (_connect is { } connect) _pendingDisconnects.Add(Disconnect(connect, reason, lastAlive));
            if (successor is null) ReportDisconnects();
        }

        // The list no longer changes once the connection has ended.
        successor?.Supersede(_pendingDisconnects);
        return true;
    }

    /// <summary>
    /// Reports the connect again with its original time. Completes once the sink has accepted it; at once if the
    /// connection is not open, and where it opens later its connect is reported again then.
    /// </summary>
    public Task ReannounceConnect()
    {
        lock (_lock)
        {
            if (!_ended && _connect is { } connect) return queue.Add(connect, Backdating.Allowed).Completion;
            _isToBeReannounced = true;
            return Task.CompletedTask;
        }
    }

    /// <summary>
    /// Reports the open connection under a new key, with the current time. Does nothing if it is not open.
    /// </summary>
    public void ReportAsNew(Func<DateTimeOffset, ConnectionKey> newKey)
    {
        lock (_lock)
        {
            if (_ended || _connect is not { } connect) return;
            var now = EventTime.Truncate(clock.GetUtcNow());
            _connect = connect with { Connection = newKey(now), OccurredAt = now };
            queue.Add(_connect, Backdating.Disallowed);
        }
    }

    private void Supersede(List<ThingDisconnected> disconnects)
    {
        lock (_lock)
        {
            _pendingDisconnects.AddRange(disconnects);
            if (_ended || Accepted) ReportDisconnects();
        }
    }

    private void ReportDisconnects()
    {
        foreach (var disconnect in _pendingDisconnects) queue.Add(disconnect, Backdating.Disallowed);
        _pendingDisconnects.Clear();
    }

    private ThingDisconnected Disconnect(ThingConnected connect, string reason, DateTimeOffset? lastAlive)
    {
        if (lastAlive is { } alive)
            return ThingDisconnected.ByDeathOfNode(
                connect.ClientId, connect.Connection, connect.OccurredAt, connect.PrincipalIdentifier, alive);

        var now = EventTime.Truncate(clock.GetUtcNow());
        // After the clock was set back, a disconnect must not precede its connect.
        return new ThingDisconnected(
            connect.ClientId, connect.Connection, now > connect.OccurredAt ? now : connect.OccurredAt,
            connect.PrincipalIdentifier,
            connect.Session, connect.Socket, reason, reason == DisconnectReason.ClientInitiatedDisconnect,
            connect.OccurredAt);
    }
}
