using System.Net;
using System.Threading.RateLimiting;
using Connectivity.Domain;
using Connectivity.Gateway.Configuration;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// Bounds the connections whose devices are not authenticated yet, on all endpoints together, by source address (IPv6:
/// by /64 network). No address makes another wait: where all places are taken, a newcomer displaces the longest-silent
/// connection of the address that has the most.
/// </summary>
internal sealed class ConnectionLimiter(GatewayOptions options) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, LinkedList<DeviceConnection>> _byNetwork = [];
    private readonly Dictionary<DeviceConnection, LinkedListNode<DeviceConnection>> _places = [];
    private readonly PartitionedRateLimiter<IPAddress> _rate =
        PartitionedRateLimiter.Create<IPAddress, IPAddress>(network =>
            RateLimitPartition.GetTokenBucketLimiter(network, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = options.MaximumAcceptsPerSecond,
                TokensPerPeriod = options.MaximumAcceptsPerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                // Every waiting connection has a place.
                QueueLimit = int.MaxValue,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }));

    /// <summary>The connections that have a place.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _places.Count;
        }
    }

    /// <summary>
    /// Takes a place, and displaces another connection if there is none. False if all places are taken by addresses
    /// that have no more than this one, and none of its own connections is silent.
    /// </summary>
    public bool TryEnter(DeviceConnection connection)
    {
        DeviceConnection? displaced = null;
        lock (_lock)
        {
            if (!_byNetwork.TryGetValue(connection.Source.Network(), out var own)) own = [];
            if (_places.Count >= options.MaximumUnauthenticatedConnections)
            {
                displaced = Displaceable(own);
                if (displaced is null) return false;
                Remove(displaced);
            }

            _byNetwork[connection.Source.Network()] = own;
            _places[connection] = own.AddLast(connection);
        }

        displaced?.Displace();
        return true;
    }

    /// <summary>Waits for the connection's turn, at the rate of its address, or for its end.</summary>
    public async Task TurnAsync(DeviceConnection connection)
    {
        using var ended = new CancellationTokenSource();
        var turn = _rate.AcquireAsync(connection.Source.Network(), 1, ended.Token).AsTask();
        if (await Task.WhenAny(turn, connection.Closed) != turn) await ended.CancelAsync();
        await ((Task)turn).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// Gives the place up: the device is authenticated, or gone. False if the connection has no place, because it was
    /// displaced.
    /// </summary>
    public bool Leave(DeviceConnection connection)
    {
        lock (_lock) return Remove(connection);
    }

    public void Dispose() => _rate.Dispose();

    private static DeviceConnection? LongestSilent(LinkedList<DeviceConnection> connections) =>
        connections.FirstOrDefault(connection => connection.IsSilent);

    private DeviceConnection? Displaceable(LinkedList<DeviceConnection> own)
    {
        var largest = _byNetwork.Values.MaxBy(connections => connections.Count)!;
        if (own.Count >= largest.Count) return LongestSilent(own);
        // One that is not silent only for the sake of an address that has fewer then, too.
        return LongestSilent(largest) ?? (largest.Count > own.Count + 1 ? largest.Last!.Value : null);
    }

    private bool Remove(DeviceConnection connection)
    {
        if (!_places.Remove(connection, out var place)) return false;
        var connections = place.List!;
        connections.Remove(place);
        if (connections.Count == 0) _byNetwork.Remove(connection.Source.Network());
        return true;
    }
}
