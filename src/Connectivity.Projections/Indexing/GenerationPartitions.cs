using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// What a generation has of its own in the database: a partition of each table of streams and records, and the sequence that numbers its
/// events. Of the form Marten gives them, but made here: so they come with the commit that begins the generation, and no writer of another
/// one waits for them.
/// </summary>
internal sealed class GenerationPartitions(NpgsqlDataSource dataSource, StoreContents contents)
{
    /// <summary>Less than requests wait for an answer.</summary>
    private const string WaitBriefly = "set local lock_timeout = '2s'";

    /// <summary>Makes them in the connection's transaction.</summary>
    public async Task AddAsync(NpgsqlConnection connection, Generation generation, CancellationToken cancellationToken)
    {
        var (suffix, tenantId) = (generation.PartitionSuffix, $"'{generation.TenantId.Replace("'", "''")}'");
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (table, _) in contents.GenerationTables)
        {
            // Attached, and not made as a partition: that would lock the whole table.
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"create table {table}_{suffix} (like {table} including all)"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                $"alter table {table} attach partition {table}_{suffix} for values in ({tenantId})"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand($"create sequence {ConnectivitySchema.EventsSequence}_{suffix}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"insert into {ConnectivitySchema.TenantPartitions} (partition_value, partition_suffix) values ({tenantId}, '{suffix}')"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Drops them with all that is in them. Goes on where it was interrupted.</summary>
    /// <exception cref="PostgresException">
    /// Somebody reads all generations for long, as a backup does, and is not waited for longer (55P03): whoever came meanwhile waits behind this.
    /// </exception>
    public async Task RemoveAsync(Generation generation, CancellationToken cancellationToken)
    {
        var suffix = generation.PartitionSuffix;
        // Each in a transaction of its own: one that held several of these tables could wait for a writer that waits for it.
        foreach (var (table, _) in contents.GenerationTables) await ExecuteAsync($"drop table if exists {table}_{suffix}");
        await ExecuteAsync($"drop sequence if exists {ConnectivitySchema.EventsSequence}_{suffix}");
        await ExecuteAsync($"delete from {ConnectivitySchema.TenantPartitions} where partition_suffix = '{suffix}'");

        async Task ExecuteAsync(string sql)
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection) { Timeout = 0, BatchCommands = { new(WaitBriefly), new(sql) } };
            await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }
}
