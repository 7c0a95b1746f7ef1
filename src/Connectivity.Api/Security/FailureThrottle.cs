using System.Net;
using System.Threading.RateLimiting;
using Connectivity.Access.Limits;
using Connectivity.Domain;

namespace Connectivity.Api.Security;

/// <summary>
/// Limits how many requests of one source address may fail to authenticate; beyond that they get a throttling error.
/// Verified requests don't count, so one caller can't use up the share of another at the same address.
/// </summary>
public sealed class FailureThrottle(ThrottlingOptions options) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> _limiter =
        PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
            RateLimitPartition.GetTokenBucketLimiter(address.Network(), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = (int)options.Failures.Burst,
                TokensPerPeriod = (int)options.Failures.PerSecond,
                ReplenishmentPeriod = TimeSpan.FromSeconds(1),
                QueueLimit = 0,
            }));

    public bool TryFail(IPAddress? source)
    {
        using var lease = _limiter.AttemptAcquire(source ?? IPAddress.None);
        return lease.IsAcquired;
    }

    public void Dispose() => _limiter.Dispose();
}
