using Connectivity.Domain;
using Connectivity.Projections.Indexing;
using Marten;
using Npgsql;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>
/// Folds every stream again, with the rule that folded it the first time, and replaces each record that is not the fold
/// of its stream. Hosts keep ingesting and answering in the meantime.
/// </summary>
public sealed class ProjectionRebuild(IDocumentStore store, NpgsqlDataSource dataSource, IndexingStore indexing)
{
    private readonly StreamFolds _folds = new(dataSource);
    private readonly RecordRepair _repair = new(store, dataSource);
    private readonly FleetCountsRepair _counts = new(dataSource);
    private readonly RebuildPositions _positions = new(dataSource);

    /// <summary>
    /// Rebuilds the records of every account whose indexing is on. Continues a rebuild whose process was killed.
    /// </summary>
    /// <param name="progress">Receives a report after each few hundred things.</param>
    /// <param name="only">Of this account; null for all.</param>
    public Task<RebuildProgress> RunAsync(
        IProgress<RebuildProgress>? progress, CancellationToken cancellationToken, Account? only = null) =>
        RunAsync(repairs: true, only, progress, cancellationToken);

    /// <summary>Finds what a rebuild would replace, and changes nothing.</summary>
    /// <inheritdoc cref="RunAsync(IProgress{RebuildProgress}, CancellationToken, Account)"/>
    public Task<RebuildProgress> CheckAsync(
        IProgress<RebuildProgress>? progress, CancellationToken cancellationToken, Account? only = null) =>
        RunAsync(repairs: false, only, progress, cancellationToken);

    private async Task<RebuildProgress> RunAsync(
        bool repairs, Account? only, IProgress<RebuildProgress>? progress, CancellationToken cancellationToken)
    {
        var done = new RebuildProgress(null, 0, 0, 0, []);
        foreach (var account in await AccountsAsync(cancellationToken))
        {
            if (only is not null && account != only) continue;
            if (await indexing.CurrentGenerationAsync(account, cancellationToken) is not { } generation) continue;
            done = done with { Account = account };
            try
            {
                done = await RunAsync(repairs, account, generation, done, progress, cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState == PostgresErrorCodes.UndefinedTable)
            {
                // The generation has ended, and its partitions are gone.
            }
        }

        return done;
    }

    private async Task<RebuildProgress> RunAsync(
        bool repairs, Account account, Generation generation, RebuildProgress done,
        IProgress<RebuildProgress>? progress, CancellationToken cancellationToken)
    {
        var after = repairs ? await _positions.LoadAsync(generation, cancellationToken) : "";
        while (true)
        {
            var (things, events) = await _folds.ReadAsync(account, generation, after, cancellationToken);
            if (things.Count == 0) break;
            var differing = things.Where(thing => thing.Difference is not null).ToList();
            if (repairs) await _repair.RunAsync(account, generation, differing, cancellationToken);
            after = things[^1].Name;
            if (repairs) await _positions.SaveAsync(generation, after, cancellationToken);
            Report(things.Count, events, [.. differing.Select(thing => thing.Difference!)]);
        }

        var ofNoThing = await _folds.RecordsOfNoThingAsync(generation, cancellationToken);
        if (repairs) await _repair.DeleteAsync(generation, ofNoThing, cancellationToken);
        if (repairs) await _positions.RemoveAsync(generation, cancellationToken);
        Report(0, 0, [.. ofNoThing.Select(thingId => new RecordDifference(thingId, null, "a record of no thing"))]);
        var lacking = await _counts.FindAsync(account, generation, cancellationToken);
        if (repairs) await _counts.AddAsync(generation, lacking, cancellationToken);
        Report(0, 0, [.. lacking.Changes.Select(change => new RecordDifference(
            account.ToString(), null, $"{change.Key} lacks {change.Value}"))]);
        return done;

        void Report(int things, long events, IReadOnlyList<RecordDifference> differences)
        {
            done = new RebuildProgress(
                account, done.Things + things, done.Events + events, done.Differences + differences.Count,
                differences);
            progress?.Report(done);
        }
    }

    private async Task<List<Account>> AccountsAsync(CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"select account, region from {IndexingTable.Name} where generation is not null order by 1, 2");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var accounts = new List<Account>();
        while (await reader.ReadAsync(cancellationToken))
            accounts.Add(new Account(reader.GetString(0), reader.GetString(1)));
        return accounts;
    }
}
