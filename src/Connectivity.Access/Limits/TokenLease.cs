namespace Connectivity.Access.Limits;

/// <summary>
/// The tokens that this host took from one account's bucket and has not spent yet. After an empty bucket the host waits
/// for a random delay before it tries again, so that several hosts get equal shares on average.
/// </summary>
internal sealed class TokenLease(Func<StoredLimit> limit, ThrottleStore store, TimeProvider clock)
{
    /// <summary>
    /// The tokens for this time are taken at once: about 20 database requests a second, however high the limit.
    /// </summary>
    private static readonly TimeSpan Size = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private int _tokens;
    private StoredLimit? _leasedBy;
    private long _emptyUntil = long.MinValue;
    private Task? _acquisition;

    /// <summary>False, immediately and without a database query, while the bucket is known to be empty.</summary>
    public ValueTask<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (TryTake() is { } decided) return ValueTask.FromResult(decided);
        }

        return AcquireAndTakeAsync(cancellationToken);
    }

    private async ValueTask<bool> AcquireAndTakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task acquisition;
            lock (_lock)
            {
                if (TryTake() is { } decided) return decided;
                // Shared by all waiting callers, so it takes no caller's cancellation token.
                if (_acquisition is null or { IsCompleted: true }) _acquisition = AcquireAsync();
                acquisition = _acquisition;
            }

            await acquisition.WaitAsync(cancellationToken);
        }
    }

    private bool? TryTake()
    {
        // Tokens are void when the limit changes: a lease under a high limit would last long under a low one.
        if (_tokens > 0 && _leasedBy != limit()) _tokens = 0;
        if (_tokens > 0)
        {
            _tokens--;
            return true;
        }

        return clock.GetTimestamp() < _emptyUntil ? false : null;
    }

    private async Task AcquireAsync()
    {
        var current = limit();
        var wanted = (int)Math.Max(1, Math.Min(current.Burst, current.PerSecond * Size.TotalSeconds));
        var taken = await store.TakeAsync(current, wanted, CancellationToken.None).ConfigureAwait(false);
        lock (_lock)
        {
            // The previous lease is used up: otherwise the database is not queried.
            (_tokens, _leasedBy) = (taken, current);
            if (taken >= wanted) return;
            var delay = (0.5 + Random.Shared.NextDouble()) * Size.TotalSeconds;
            _emptyUntil = clock.GetTimestamp() + (long)(delay * clock.TimestampFrequency);
        }
    }
}
