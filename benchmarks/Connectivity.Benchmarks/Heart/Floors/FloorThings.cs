using Connectivity.Benchmarks.Heart.Data;
using Connectivity.Projections.Database;

namespace Connectivity.Benchmarks.Heart.Floors;

/// <summary>The things of the floor, with the versions of their streams, which plain SQL does not read.</summary>
/// <param name="Body">An event as the store has it, so that both write the same bytes.</param>
/// <param name="Record">A record as the store has it.</param>
public sealed record FloorThings(string[] Ids, int[] Versions, string Body, string Record)
{
    public int Count => Ids.Length;

    public static async Task<FloorThings> CreateAsync(string connectionString, Fleet fleet, int eventsOfThing = 1)
    {
        await FloorTables.CreateAsync(connectionString);
        var versions = new int[fleet.Things];
        Array.Fill(versions, eventsOfThing);
        return new FloorThings(
            [.. Enumerable.Range(0, fleet.Things).Select(thing => Fleet.ThingId(thing).ToString())],
            versions,
            (await Sql.ScalarAsync<string>(
                connectionString, $"select data::text from {ConnectivitySchema.Events} limit 1"))!,
            (await Sql.ScalarAsync<string>(
                connectionString, $"select data::text from {ConnectivitySchema.Records} limit 1"))!);
    }

    public string Id(int thing) => Ids[thing];

    public int NextVersion(int thing) => ++Versions[thing];
}
