using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Gateways;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Npgsql;

namespace Connectivity.Projections.Lifecycle;

/// <summary>
/// What a transaction of ingest holds from its decision to its commit, and what it read of it: the generation, shared;
/// the nodes; the things, in the order of their names; the sessions of gateways, in the order of client ids.
/// </summary>
/// <param name="State">What the decision rests on.</param>
/// <param name="Generation">Null while connectivity indexing is off.</param>
/// <param name="Sessions">The sessions of the clients of gateway nodes, on all nodes.</param>
/// <param name="Busy">The client ids whose thing or session another transaction holds.</param>
internal sealed record IngestLocks(
    IngestState State, Generation? Generation, IReadOnlyList<HeldSession> Sessions, IReadOnlySet<string> Busy)
{
    private const string Skip = " skip locked";

    /// <summary>Returns null where the generation is held exclusively.</summary>
    /// <param name="waits">Waits for each lock, up to the session's lock timeout, instead of skipping it.</param>
    public static async Task<IngestLocks?> AcquireAsync(
        NpgsqlConnection connection, Account account, IReadOnlyList<SubmittedEvent> events, bool waits)
    {
        var clientIds = events.Select(submitted => submitted.Event.ClientId).Distinct().ToArray();
        var nodeIds = events.Select(submitted => submitted.NodeId).OfType<string>().Distinct().Order().ToArray();
        var ofNodes = nodeIds.Length == 0
            ? []
            : events.Where(submitted => submitted.NodeId is not null)
                .Select(submitted => submitted.Event.ClientId).Distinct().ToArray();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                AppendLock.Take(account, waits),
                CurrentGeneration.Select(account),
            },
        };
        if (nodeIds.Length > 0) batch.BatchCommands.Add(LeaseStore.Lock(nodeIds));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            select name, thing_id, created_at, former_life_ended_at from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name = any($3) order by name
            for no key update{(waits ? "" : Skip)}
            """).With(account.Id, account.Region, clientIds));
        if (nodeIds.Length > 0)
            foreach (var command in HeldSession.Lock(account, ofNodes, waits ? "" : Skip))
                batch.BatchCommands.Add(command);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select clock_timestamp()"));

        await using var reader = await batch.ExecuteReaderAsync();
        await reader.ReadAsync();
        if (reader.IsDBNull(0)) return null;
        await reader.NextResultAsync();
        var current = await CurrentGeneration.ReadAsync(reader, account);
        await reader.NextResultAsync();
        var nodes = new HashSet<string>();
        if (nodeIds.Length > 0)
        {
            while (await reader.ReadAsync()) nodes.Add(reader.GetString(0));
            await reader.NextResultAsync();
        }

        var periods = await ReadPeriodsAsync(reader, current);
        await reader.NextResultAsync();
        var (sessions, busy) = nodeIds.Length > 0 ? await HeldSession.ReadAsync(reader) : ([], []);
        await reader.ReadAsync();
        var now = reader.GetFieldValue<DateTimeOffset>(0);
        await reader.DisposeAsync();

        if (!waits && periods.Count < clientIds.Length)
            await AddBusyThingsAsync(connection, account, clientIds.Where(id => !periods.ContainsKey(id)), busy);
        return new IngestLocks(
            new IngestState(
                account, current.Generation?.Number, now,
                current.Generation is null ? new Dictionary<string, IndexedPeriod>() : periods, nodes),
            current.Generation, sessions, busy);
    }

    private static async Task<Dictionary<string, IndexedPeriod>> ReadPeriodsAsync(
        NpgsqlDataReader reader, CurrentGeneration current)
    {
        var periods = new Dictionary<string, IndexedPeriod>();
        while (await reader.ReadAsync())
            periods.Add(reader.GetString(0), IndexedPeriod.Of(
                reader.GetString(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<DateTimeOffset>(3),
                current.TurnedOnAt ?? DateTimeOffset.MaxValue,
                current.TurnedOffAt));
        return periods;
    }

    /// <summary>A thing that exists and was not locked is held, or began a moment ago.</summary>
    private static async Task AddBusyThingsAsync(
        NpgsqlConnection connection, Account account, IEnumerable<string> names, HashSet<string> busy)
    {
        await using var command = new NpgsqlCommand(
            $"select name from {RegistryTables.ThingsName} where account = $1 and region = $2 and name = any($3)",
            connection).With(account.Id, account.Region, names.ToArray());
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) busy.Add(reader.GetString(0));
    }
}
