namespace Connectivity.Access.Limits;

/// <summary>
/// The tokens that this host took out of one account's bucket and has not spent yet. While the bucket is empty it is asked again after a
/// random pause, so that of several hosts each gets the same on average.
/// </summary>
internal sealed class TokenLease(Func<StoredLimit> limit, ThrottleStore store, TimeProvider clock)
{
    /// <summary>What the limit gives in this time is taken at once: some 20 requests a second to the database, however high the limit.</summary>
    private static readonly TimeSpan Size = TimeSpan.FromMilliseconds(50);

    private readonly Lock _lock = new();
    private int _tokens;
    private StoredLimit? _leasedBy;
    private long _emptyUntil = long.MinValue;
    private Task? _asking;

    /// <summary>False, at once and without asking the database, while the bucket is known to be empty.</summary>
    public ValueTask<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (TryTake() is { } decided) return ValueTask.FromResult(decided);
        }

        return TakeAfterAskingAsync(cancellationToken);
    }

    private async ValueTask<bool> TakeAfterAskingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task asking;
            lock (_lock)
            {
                if (TryTake() is { } decided) return decided;
                // For all who wait, so not with the token of one of them.
                if (_asking is null or { IsCompleted: true }) _asking = AskAsync();
                asking = _asking;
            }

            await asking.WaitAsync(cancellationToken);
        }
    }

    private bool? TryTake()
    {
        // Tokens of a limit that was changed are void: a lease of a high one would last for long under a low one.
        if (_tokens > 0 && _leasedBy != limit()) _tokens = 0;
        if (_tokens > 0)
        {
            _tokens--;
            return true;
        }

        return clock.GetTimestamp() < _emptyUntil ? false : null;
    }

    private async Task AskAsync()
    {
        var present = limit();
        var wanted = (int)Math.Max(1, Math.Min(present.Burst, present.PerSecond * Size.TotalSeconds));
        var taken = await store.TakeAsync(present, wanted, CancellationToken.None).ConfigureAwait(false);
        lock (_lock)
        {
            // Nothing is left of the lease before: only then is asked.
            (_tokens, _leasedBy) = (taken, present);
            if (taken < wanted)
                _emptyUntil = clock.GetTimestamp() + (long)((0.5 + Random.Shared.NextDouble()) * Size.TotalSeconds * clock.TimestampFrequency);
        }
    }
}
