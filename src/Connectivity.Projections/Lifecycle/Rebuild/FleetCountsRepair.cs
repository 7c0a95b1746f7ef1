using System.Data;
using Connectivity.Domain;
using Connectivity.Domain.History;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using Npgsql;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>
/// Counts a fleet again from its streams, in one snapshot, and adds what its counts lack to them. Counts are sums: what
/// hosts add in the meantime stays right, and nothing is locked.
/// </summary>
internal sealed class FleetCountsRepair(NpgsqlDataSource dataSource)
{
    private const int ThingsAtOnce = 200;

    /// <summary>What the counts lack.</summary>
    public async Task<FleetCounts> FindAsync(
        Account account, Generation generation, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead, cancellationToken);
        var lacking = await StoredAsync(connection, generation, cancellationToken);
        for (var after = ""; ;)
        {
            var (things, last) = await ThingsAsync(connection, account, after, cancellationToken);
            if (things.Length == 0) return lacking;
            var replay = await StreamReplay.RunAsync(connection, generation, things, cancellationToken);
            lacking.Add(replay.Counts, 1);
            after = last;
        }
    }

    public async Task AddAsync(Generation generation, FleetCounts lacking, CancellationToken cancellationToken)
    {
        if (!lacking.Changes.Any()) return;
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(FleetCountChanges.Insert(generation, lacking));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The negative of what is stored.</summary>
    private static async Task<FleetCounts> StoredAsync(
        NpgsqlConnection connection, Generation generation, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select measure, minute, state, -sum(number)::int from {FleetCountChanges.AllOf(generation)}
            where minute <> 'infinity' group by 1, 2, 3
            """, connection);
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new FleetCounts();
        while (await reader.ReadAsync(cancellationToken))
            counts.Add(
                (FleetMeasure)reader.GetInt16(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetString(2),
                reader.GetInt32(3));
        return counts;
    }

    private static async Task<(string[] Ids, string Last)> ThingsAsync(
        NpgsqlConnection connection, Account account, string after, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"""
            select thing_id, name from {RegistryTables.ThingsName}
            where account = $1 and region = $2 and name > $3 order by name limit {ThingsAtOnce}
            """, connection).With(account.Id, account.Region, after);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<string>();
        for (; await reader.ReadAsync(cancellationToken); after = reader.GetString(1)) ids.Add(reader.GetString(0));
        return ([.. ids], after);
    }
}
