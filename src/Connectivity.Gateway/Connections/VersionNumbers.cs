using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The version number of each connection: Unix milliseconds at CONNECT, or the client's last number + 1 where that is greater, so that
/// it rises with each connection of a client whatever the clock does.
/// </summary>
/// <remarks>
/// Memory is bounded. Of the clients that connected longest ago only the highest number is remembered, for all of them together: a
/// forgotten client's next number is above it, hence above its own last one. While the clock runs forward that number is long past and
/// the rule of each client is kept exactly. Clients are known by a hash, so that long ids take no more than short ones.
/// </remarks>
internal sealed class VersionNumbers(int remembered = 65_536)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, long> _last = [];
    private readonly Queue<(UInt128 Client, long Number)> _byAge = new();
    private long _forgotten;

    public long Next(string clientId, long unixMilliseconds)
    {
        var client = BinaryPrimitives.ReadUInt128LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(clientId)));
        lock (_lock)
        {
            var last = _last.TryGetValue(client, out var known) ? known : _forgotten;
            var number = Math.Max(unixMilliseconds, last + 1);
            _last[client] = number;
            _byAge.Enqueue((client, number));
            while (_byAge.Count > remembered) ForgetOldest();
            return number;
        }
    }

    private void ForgetOldest()
    {
        var (client, number) = _byAge.Dequeue();
        // A client that connected again since stands further behind in the queue.
        if (_last[client] != number) return;
        _last.Remove(client);
        _forgotten = Math.Max(_forgotten, number);
    }
}
