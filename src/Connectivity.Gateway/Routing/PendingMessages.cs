namespace Connectivity.Gateway.Routing;

/// <summary>
/// The messages that are routed to one client and neither sent (QoS 0) nor acknowledged (QoS 1 and 2). A slow or frozen
/// client loses messages; it never delays another client.
/// </summary>
internal sealed class PendingMessages(RoutingBounds bounds)
{
    private readonly Lock _lock = new();
    private int _messages;
    private long _bytes;
    private bool _closed;

    /// <summary>Returns whether the message may be routed to the client; if not, it is counted as dropped.</summary>
    public bool TryAdd(long bytes)
    {
        lock (_lock)
        {
            if (!_closed && _messages < bounds.MessagesPerClient && bounds.TryAdd(bytes))
            {
                _messages++;
                _bytes += bytes;
                return true;
            }
        }

        bounds.Drop();
        return false;
    }

    public void Remove(long bytes)
    {
        lock (_lock)
        {
            if (_closed || _messages == 0) return;
            _messages--;
            _bytes -= bytes;
            bounds.Remove(1, bytes);
        }
    }

    /// <summary>The client is gone: its pending messages no longer count.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
            bounds.Remove(_messages, _bytes);
            (_messages, _bytes) = (0, 0);
        }
    }
}
