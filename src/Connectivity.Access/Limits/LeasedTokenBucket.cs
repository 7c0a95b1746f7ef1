using System.Threading.RateLimiting;

namespace Connectivity.Access.Limits;

/// <summary>
/// The tokens that this host took from one account's bucket and has not spent yet. After an empty bucket the host waits
/// for a random delay before it tries again, so that several hosts get equal shares on average.
/// </summary>
/// <param name="limit">The account's limit at this moment.</param>
/// <param name="take">
/// Takes at most so many tokens from the bucket that all hosts share, and returns their number: see
/// <see cref="ThrottleStore.TakeAsync"/>.
/// </param>
internal sealed class LeasedTokenBucket(
    Func<StoredLimit> limit, Func<StoredLimit, int, CancellationToken, Task<int>> take, TimeProvider clock)
    : RateLimiter
{
    private static readonly Permit Granted = new(true);
    private static readonly Permit Refused = new(false);

    /// <summary>
    /// The tokens for this time are taken at once: about 20 database requests a second, however high the limit.
    /// </summary>
    private static readonly TimeSpan Size = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private int _tokens;
    private StoredLimit? _leasedBy;
    private long _emptyUntil = long.MinValue;
    private Task? _acquisition;

    /// <summary>Null: the tokens of an account that pauses are kept, as the bucket has given them.</summary>
    public override TimeSpan? IdleDuration => null;

    public override RateLimiterStatistics? GetStatistics() => null;

    /// <summary>Grants a permit only while there are leased tokens.</summary>
    protected override RateLimitLease AttemptAcquireCore(int permitCount)
    {
        lock (_lock) return TryTake(permitCount) ?? Refused;
    }

    /// <summary>Refuses, immediately and without a database query, while the bucket is known to be empty.</summary>
    protected override ValueTask<RateLimitLease> AcquireAsyncCore(int permitCount, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (TryTake(permitCount) is { } decided) return ValueTask.FromResult<RateLimitLease>(decided);
        }

        return LeaseAndTakeAsync(permitCount, cancellationToken);
    }

    private async ValueTask<RateLimitLease> LeaseAndTakeAsync(int permitCount, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task acquisition;
            lock (_lock)
            {
                if (TryTake(permitCount) is { } decided) return decided;
                // Shared by all waiting callers, so it takes no caller's cancellation token.
                if (_acquisition is null or { IsCompleted: true }) _acquisition = AcquireAsync();
                acquisition = _acquisition;
            }

            await acquisition.WaitAsync(cancellationToken);
        }
    }

    private Permit? TryTake(int permitCount)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permitCount, 1);
        // Tokens are void when the limit changes: a lease under a high limit would last long under a low one.
        if (_tokens > 0 && _leasedBy != limit()) _tokens = 0;
        if (_tokens > 0)
        {
            _tokens -= permitCount;
            return Granted;
        }

        return clock.GetTimestamp() < _emptyUntil ? Refused : null;
    }

    private async Task AcquireAsync()
    {
        var current = limit();
        var wanted = (int)Math.Max(1, Math.Min(current.Burst, current.PerSecond * Size.TotalSeconds));
        var taken = await take(current, wanted, CancellationToken.None).ConfigureAwait(false);
        lock (_lock)
        {
            // The previous lease is used up: otherwise the database is not queried.
            (_tokens, _leasedBy) = (taken, current);
            if (taken >= wanted) return;
            var delay = (0.5 + Random.Shared.NextDouble()) * Size.TotalSeconds;
            _emptyUntil = clock.GetTimestamp() + (long)(delay * clock.TimestampFrequency);
        }
    }

    private sealed class Permit(bool isAcquired) : RateLimitLease
    {
        public override bool IsAcquired => isAcquired;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
