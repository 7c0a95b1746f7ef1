using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The version number of each connection: Unix milliseconds at CONNECT, or the client's last number + 1 where that is
/// greater, so that it rises with each connection of a client, even if the clock is set back.
/// </summary>
/// <remarks>
/// Memory is bounded. For the clients that connected longest ago only their highest number is kept, one for all of
/// them: the next number of an evicted client is above it, and so above the client's own last number. While the clock
/// runs forward that number is long past and has no effect. Clients are identified by a hash, so that long ids take no
/// more memory than short ones.
/// </remarks>
internal sealed class VersionNumbers(int capacity = 65_536)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Entry> _last = [];
    private readonly Queue<(UInt128 Client, Entry Entry)> _byAge = new();
    private long _highestEvicted;

    /// <param name="lastNumber">
    /// The client's last number on any host, which may be the greatest possible: the next is the same then, and the
    /// times of the connections decide which is newer.
    /// </param>
    public long Next(string clientId, long unixMilliseconds, long lastNumber = 0)
    {
        var client = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(clientId)));
        lock (_lock)
        {
            var last = _last.TryGetValue(client, out var known) ? known : new Entry(_highestEvicted, false);
            if (lastNumber > last.Number) last = new Entry(lastNumber, true);
            var next = last.Number == long.MaxValue ? last : last with { Number = last.Number + 1 };
            if (next.Number < unixMilliseconds) next = new Entry(unixMilliseconds, false);
            _last[client] = next;
            _byAge.Enqueue((client, next));
            while (_byAge.Count > capacity) EvictOldest();
            return next.Number;
        }
    }

    private void EvictOldest()
    {
        var (client, entry) = _byAge.Dequeue();
        // A client that has connected again since has a later entry in the queue, with the same number if that is the
        // greatest.
        if (!_last.TryGetValue(client, out var last) || last != entry) return;
        _last.Remove(client);
        if (!entry.FollowsStored) _highestEvicted = Math.Max(_highestEvicted, entry.Number);
    }

    /// <param name="FollowsStored">
    /// The number is above one that was passed in, which may be far ahead of the clock. The database knows it, and it
    /// must not raise the numbers of other clients.
    /// </param>
    private readonly record struct Entry(long Number, bool FollowsStored);
}
