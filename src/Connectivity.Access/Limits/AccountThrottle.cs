using System.Threading.RateLimiting;

namespace Connectivity.Access.Limits;

/// <summary>
/// Whether an account may send one more request. All hosts on the database share one bucket and take tokens in batches:
/// in any interval they admit together at most the burst, what the rate gives in that time, and one lease for each
/// host.
/// </summary>
public sealed class AccountThrottle : IDisposable
{
    private readonly PartitionedRateLimiter<(string AccountId, string OperationGroup)> _buckets;

    public AccountThrottle(AccountLimits limits, ThrottleStore store, TimeProvider clock)
    {
        Func<(string AccountId, string OperationGroup), RateLimiter> bucket = key =>
            new LeasedTokenBucket(() => limits.Of(key.AccountId, key.OperationGroup), store.TakeAsync, clock);
        _buckets = PartitionedRateLimiter.Create<(string AccountId, string OperationGroup), (string, string)>(
            key => RateLimitPartition.Get(key, bucket));
    }

    public async ValueTask<bool> TryAdmitAsync(
        string accountId, string operationGroup, CancellationToken cancellationToken)
    {
        using var lease = await _buckets.AcquireAsync((accountId, operationGroup), 1, cancellationToken);
        return lease.IsAcquired;
    }

    public void Dispose() => _buckets.Dispose();
}
