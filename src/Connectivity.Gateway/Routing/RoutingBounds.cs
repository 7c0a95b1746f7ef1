using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Telemetry;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Routing;

/// <summary>Limits the messages pending to all clients together.</summary>
internal sealed class RoutingBounds(GatewayOptions options, ILogger logger)
{
    private readonly Lock _lock = new();
    private int _messages;
    private long _bytes;
    private long _dropped;

    public int MessagesPerClient => options.MaximumPendingMessagesPerClient;

    public bool TryAdd(long bytes)
    {
        lock (_lock)
        {
            if (_messages >= options.MaximumPendingMessages || _bytes + bytes > options.MaximumPendingBytes)
                return false;
            _messages++;
            _bytes += bytes;
            return true;
        }
    }

    public void Remove(int messages, long bytes)
    {
        lock (_lock)
        {
            _messages -= messages;
            _bytes -= bytes;
        }
    }

    public void Drop()
    {
        var dropped = Interlocked.Increment(ref _dropped);
        if (dropped % 1000 == 1) logger.MessagesDropped(dropped);
    }
}
