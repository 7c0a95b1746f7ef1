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
    private readonly Dictionary<UInt128, long> _last = [];
    private readonly Queue<(UInt128 Client, long Number)> _byAge = new();
    private long _highestEvicted;
    private long _latestTime;

    /// <param name="lastNumber">
    /// The client's last number on any host, which may be the greatest possible: the next is the same then, and the
    /// times of the connections decide which is newer.
    /// </param>
    public long Next(string clientId, long unixMilliseconds, long lastNumber = 0)
    {
        var client = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(clientId)));
        lock (_lock)
        {
            _latestTime = Math.Max(_latestTime, unixMilliseconds);
            var last = Math.Max(lastNumber, _last.TryGetValue(client, out var known) ? known : _highestEvicted);
            var number = Math.Max(unixMilliseconds, last == long.MaxValue ? last : last + 1);
            _last[client] = number;
            _byAge.Enqueue((client, number));
            while (_byAge.Count > capacity) EvictOldest();
            return number;
        }
    }

    private void EvictOldest()
    {
        var (client, number) = _byAge.Dequeue();
        // A client that has connected again since has a later entry in the queue, with the same number if that is the
        // greatest.
        if (!_last.TryGetValue(client, out var last) || last != number) return;
        _last.Remove(client);
        // Numbers that are made here are ahead of the clock by one for each connection at most. One further ahead
        // follows a number from the database, which is known there, and must not raise those of other clients.
        if (number <= _latestTime + capacity) _highestEvicted = Math.Max(_highestEvicted, number);
    }
}
