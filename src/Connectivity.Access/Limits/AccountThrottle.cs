using System.Collections.Concurrent;

namespace Connectivity.Access.Limits;

/// <summary>
/// Whether an account may send one more request. All hosts on the database share one bucket and take tokens in batches:
/// in any interval they admit together at most the burst, what the rate gives in that time, and one lease for each
/// host.
/// </summary>
public sealed class AccountThrottle(AccountLimits limits, ThrottleStore store, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string AccountId, string OperationGroup), TokenLease> _leases = new();

    public ValueTask<bool> TryAdmitAsync(
        string accountId, string operationGroup, CancellationToken cancellationToken) =>
        _leases.GetOrAdd((accountId, operationGroup), static (key, throttle) => throttle.Lease(key), this)
            .TryTakeAsync(cancellationToken);

    private TokenLease Lease((string AccountId, string OperationGroup) key) =>
        new(() => limits.Of(key.AccountId, key.OperationGroup), store, clock);
}
