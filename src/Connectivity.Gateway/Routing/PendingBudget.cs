namespace Connectivity.Gateway.Routing;

/// <summary>
/// Limits the bytes pending to all clients together. Every client has a part of its own; beyond it, it may have as much
/// as is still free, so that it takes at most half of the rest, and leaves as much to the others. Source: Choudhury and
/// Hahne, "Dynamic Queue Length Thresholds", 1998.
/// </summary>
/// <param name="maximumBytes">Bytes beyond the clients' own parts.</param>
internal sealed class PendingBudget(long maximumBytes)
{
    /// <summary>Bytes of each client's own part, which no other client can use up: about ten small messages.</summary>
    public const long OwnBytes = 4096;

    private readonly Lock _lock = new();
    private long _used;

    /// <summary>Whether a client that has <paramref name="before"/> bytes pending may have more.</summary>
    /// <param name="after">Bytes. Granted if true is returned.</param>
    public bool TryGrow(long before, long after)
    {
        var share = Shared(after);
        lock (_lock)
        {
            var used = _used + share - Shared(before);
            if (share > 0 && share > maximumBytes - used) return false;
            _used = used;
            return true;
        }
    }

    public void Shrink(long before, long after)
    {
        lock (_lock) _used -= Shared(before) - Shared(after);
    }

    private static long Shared(long bytes) => Math.Max(0, bytes - OwnBytes);
}
