using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Projections.Sessions;

/// <summary>What the stream of one thing added to the counts of its fleet.</summary>
internal static class FleetCountsOfThing
{
    /// <summary>The commands that take it back; the caller holds the generation and the thing.</summary>
    public static async Task<IEnumerable<NpgsqlBatchCommand>> TakeBackAsync(
        NpgsqlConnection connection, Account account, string thingId, CancellationToken cancellationToken)
    {
        if (await CurrentGeneration.LockAsync(connection, account, cancellationToken) is not { Generation: { } generation })
            return [];
        var replay = await StreamReplay.RunAsync(connection, generation, [thingId], cancellationToken);
        var taken = new FleetCounts();
        taken.Add(replay.Counts, -1);
        return replay.Events == 0 ? [] : [FleetCountChanges.Insert(generation, taken)];
    }
}
