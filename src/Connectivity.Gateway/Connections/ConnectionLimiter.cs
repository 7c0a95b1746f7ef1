using System.Threading.RateLimiting;
using Connectivity.Gateway.Configuration;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// Limits the rate of accepted sockets and the number of unauthenticated ones, on all endpoints together. Further
/// sockets wait in the backlog of the operating system and cost this process nothing.
/// </summary>
internal sealed class ConnectionLimiter(GatewayOptions options) : IDisposable
{
    private readonly SemaphoreSlim _unauthenticated = new(options.MaximumUnauthenticatedConnections);
    private readonly TokenBucketRateLimiter _rate = new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = options.MaximumAcceptsPerSecond,
        TokensPerPeriod = options.MaximumAcceptsPerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        // Each endpoint has at most one waiter.
        QueueLimit = int.MaxValue,
        QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
    });

    /// <summary>Waits for a slot.</summary>
    public async Task<Slot> EnterAsync(CancellationToken cancellationToken)
    {
        using var turn = await _rate.AcquireAsync(1, cancellationToken);
        await _unauthenticated.WaitAsync(cancellationToken);
        return new Slot(this);
    }

    public void Dispose() => _rate.Dispose();

    /// <summary>A slot for an unauthenticated connection.</summary>
    public sealed class Slot(ConnectionLimiter limiter)
    {
        private int _released;

        /// <summary>Called when the connection is authenticated or gone; further calls do nothing.</summary>
        public void Release()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0) limiter._unauthenticated.Release();
        }
    }
}
