using System.Globalization;
using System.Security.Cryptography;

namespace Connectivity.Benchmarks.Heart.Data;

/// <summary>
/// The things of a data set, by number, and the state that the load generator believes them in: each event it makes is
/// the next one of its thing.
/// </summary>
/// <param name="accounts">Of which each has the same number of things, in order.</param>
public sealed class Fleet(int things, int accounts)
{
    /// <summary>Bytes of a name.</summary>
    public const int NameLength = 13;

    private readonly long[] _openVersions = new long[things];
    private long _lastVersion = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    public int Things => things;

    public int Accounts => accounts;

    public int ThingsOfAccount => things / accounts;

    public static string Name(int thing) => string.Create(CultureInfo.InvariantCulture, $"thing-{thing:0000000}");

    /// <summary>A random-looking identifier, the same for a number each time.</summary>
    public static Guid ThingId(int thing) => new(MD5.HashData(BitConverter.GetBytes(thing)));

    public int AccountOf(int thing) => thing / ThingsOfAccount;

    /// <summary>A random thing of an account.</summary>
    public int Pick(int account, Random random) => account * ThingsOfAccount + random.Next(ThingsOfAccount);

    /// <summary>
    /// The thing's next event: the connect of a new connection, or the disconnect of the open one. Returns the version
    /// number of its connection.
    /// </summary>
    public (bool IsConnect, long Version) Next(int thing)
    {
        var open = Interlocked.Exchange(ref _openVersions[thing], 0);
        if (open != 0) return (false, open);
        var version = Interlocked.Increment(ref _lastVersion);
        Interlocked.Exchange(ref _openVersions[thing], version);
        return (true, version);
    }
}
