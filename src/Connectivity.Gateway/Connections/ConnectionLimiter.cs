using System.Threading.RateLimiting;
using Connectivity.Gateway.Configuration;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// How fast sockets are taken in, on all endpoints together, and how many at once of whom nothing is known yet. Whoever does not get in
/// waits outside, and costs nothing.
/// </summary>
internal sealed class ConnectionLimiter(GatewayOptions options) : IDisposable
{
    private readonly SemaphoreSlim _unauthenticated = new(options.MaximumUnauthenticatedConnections);
    private readonly TokenBucketRateLimiter _rate = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = options.MaximumAcceptsPerSecond,
        TokensPerPeriod = options.MaximumAcceptsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        // One for each endpoint.
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a place inside.</summary>
    public async Task<Slot> EnterAsync(CancellationToken cancellationToken)
    {
        using var turn = await _rate.AcquireAsync(1, cancellationToken);
        await _unauthenticated.WaitAsync(cancellationToken);
        return new Slot(this);
    }

    public void Dispose() => _rate.Dispose();

    /// <summary>A place among those that are not authenticated yet.</summary>
    public sealed class Slot(ConnectionLimiter limiter)
    {
        private int _left;

        /// <summary>It is authenticated, or gone; said again it does nothing.</summary>
        public void Release()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) limiter._unauthenticated.Release();
        }
    }
}
