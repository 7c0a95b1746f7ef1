using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// Removes the streams and records of a generation that has ended, by dropping its partitions. Names the one generation
/// it removes, and can't touch the next. It can be repeated, also after an interruption. It waits for the readers of the
/// tables, such as a backup, without delaying anything else.
/// </summary>
public sealed class GenerationPurge(NpgsqlDataSource dataSource, StoreContents contents)
{
    private readonly GenerationPartitions _partitions = new(dataSource, contents);

    /// <summary>
    /// Returns how many events were removed: the numbers drawn for them, some of which may have been rolled back. To count
    /// them would take as long as to remove them.
    /// </summary>
    public async Task<long> RunAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var turn = await PurgeTurn.TakeAsync(dataSource, cancellationToken);
        var removed = await DrawnNumbersAsync(generation, cancellationToken);
        await ForgetAsync(generation, cancellationToken);
        await _partitions.RemoveAsync(generation, cancellationToken);
        return removed;
    }

    /// <summary>
    /// Removes the generation from Marten's tables first: from then on no starting host creates what belongs to it.
    /// </summary>
    private async Task ForgetAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SchemaLock.TakeAsync(connection, cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var end in contents.EndWithGeneration) batch.BatchCommands.Add(end(generation.TenantId));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<long> DrawnNumbersAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            """
            select coalesce(last_value, 0) from pg_sequences where schemaname || '.' || sequencename = $1
            """).With($"{ConnectivitySchema.EventsSequence}_{generation.PartitionSuffix}");
        return await command.ExecuteScalarAsync(cancellationToken) is long drawn ? drawn : 0;
    }
}
