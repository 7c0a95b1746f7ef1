using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// Removes the streams and records of a generation that has ended, by dropping its partitions. Names the one generation
/// it removes, and can't touch the next. It can be repeated, also after an interruption.
/// </summary>
public sealed class GenerationPurge(NpgsqlDataSource dataSource, StoreContents contents)
{
    private readonly GenerationPartitions _partitions = new(dataSource, contents);

    /// <summary>Marten's stream of failed appends, beside the streams of things.</summary>
    private const string FailedAppends = "mt_tombstone";

    /// <summary>Returns how many streams, one for each thing, and events were removed.</summary>
    public async Task<(long Things, long Events)> RunAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await SchemaLock.TakeAsync(connection, cancellationToken);
        var removed = await CountAsync(generation, cancellationToken);
        await _partitions.RemoveAsync(generation, cancellationToken);
        return removed;
    }

    private async Task<(long Things, long Events)> CountAsync(
        Generation generation, CancellationToken cancellationToken)
    {
        await using var count = dataSource.CreateCommand(
            $"""
            select (select count(*) from {ConnectivitySchema.Streams} where tenant_id = $1 and id <> '{FailedAppends}'),
                   (select count(*) from {ConnectivitySchema.Events} where tenant_id = $1)
            """).With(generation.TenantId);
        count.CommandTimeout = 0;
        await using var reader = await count.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }
}
