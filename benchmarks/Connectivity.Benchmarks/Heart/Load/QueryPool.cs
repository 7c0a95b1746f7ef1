using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Benchmarks.Heart.Hosting;

namespace Connectivity.Benchmarks.Heart.Load;

/// <summary>
/// Signed requests for random things, composed before the measurement, so that the load generator only sends bytes.
/// </summary>
public sealed class QueryPool
{
    /// <summary>Requests, of some 450 bytes each.</summary>
    private const int MaximumSize = 200_000;

    private readonly byte[][] _requests;

    private QueryPool(byte[][] requests) => _requests = requests;

    public static string TargetOf(string thingName) => $"/things/{thingName}/connectivity-data";

    /// <summary>Queries of the things' connectivity.</summary>
    public static QueryPool OfQueries(Uri address, IReadOnlyList<AccountKey> keys, Fleet fleet) =>
        Create(address, keys, fleet, TargetOf);

    /// <summary>The floor: the same requests, answered with a constant.</summary>
    public static QueryPool OfConstants(Uri address, IReadOnlyList<AccountKey> keys, Fleet fleet) =>
        Create(address, keys, fleet, BenchmarkServer.ConstantPath);

    /// <summary>A sender with a connection of its own, which sends random requests of the pool.</summary>
    public Operation Sender(Uri address, int seed)
    {
        var connection = new WireConnection(address);
        var random = new Random(seed);
        return async () =>
        {
            var response = await connection.SendAsync(_requests[random.Next(_requests.Length)]);
            return response.Status == 200 ? new Progress(1, 0) : new Progress(0, 1);
        };
    }

    private static QueryPool Create(
        Uri address, IReadOnlyList<AccountKey> keys, Fleet fleet, Func<string, string> target)
    {
        var composers = keys.Select(key => new RequestComposer(address, key)).ToArray();
        var requests = new byte[Math.Min(fleet.Things, MaximumSize)][];
        var random = new Random(requests.Length);
        for (var i = 0; i < requests.Length; i++)
        {
            var thing = random.Next(fleet.Things);
            requests[i] = composers[fleet.AccountOf(thing)].Compose(target(Fleet.Name(thing)), "{}"u8);
        }

        return new QueryPool(requests);
    }
}
