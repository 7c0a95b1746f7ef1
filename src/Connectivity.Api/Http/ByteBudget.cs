namespace Connectivity.Api.Http;

/// <summary>Bytes that a host holds for its callers: bounded for all of them together, and for each of them.</summary>
/// <param name="total">Bytes of all callers.</param>
/// <param name="share">Bytes of one caller.</param>
public sealed class ByteBudget(long total, long share)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _held = [];
    private long _all;

    /// <summary>Bytes that all callers hold.</summary>
    public long Held => Interlocked.Read(ref _all);

    /// <summary>False if the caller's share or the total would be exceeded; then nothing is taken.</summary>
    public bool TryTake(string caller, long bytes)
    {
        lock (_lock)
        {
            var held = _held.GetValueOrDefault(caller) + bytes;
            if (held > share || _all + bytes > total) return false;
            if (held > 0) _held[caller] = held;
            _all += bytes;
            return true;
        }
    }

    public void Return(string caller, long bytes)
    {
        if (bytes == 0) return;
        lock (_lock)
        {
            _all -= bytes;
            if ((_held[caller] -= bytes) == 0) _held.Remove(caller);
        }
    }
}

/// <summary>A caller's share of a budget, or the whole of it, is in use.</summary>
public sealed class BudgetExceededException() : Exception("The budget is in use.");
