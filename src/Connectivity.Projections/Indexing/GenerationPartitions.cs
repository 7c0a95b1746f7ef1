using Connectivity.Projections.Records;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// What a generation has of its own in the database: a partition of each table of streams and records, and the sequence that numbers its
/// events. Of the form Marten gives them, but made here: so they come with the commit that begins the generation, and no writer of another
/// one waits for them.
/// </summary>
internal static class GenerationPartitions
{
    private const string Schema = ConnectivityStore.Schema;

    /// <summary>Less than requests wait for an answer.</summary>
    private const string WaitBriefly = "set local lock_timeout = '2s'";

    private static readonly string[] Tables = [RecordTable.Name, $"{Schema}.mt_events", $"{Schema}.mt_streams"];

    /// <summary>Makes them in the connection's transaction.</summary>
    public static async Task AddAsync(NpgsqlConnection connection, Generation generation, CancellationToken cancellationToken)
    {
        var (suffix, tenantId) = (generation.PartitionSuffix, $"'{generation.TenantId.Replace("'", "''")}'");
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in Tables)
        {
            // Attached, and not made as a partition: that would lock the whole table.
            batch.BatchCommands.Add(new NpgsqlBatchCommand($"create table {table}_{suffix} (like {table} including all)"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                $"alter table {table} attach partition {table}_{suffix} for values in ({tenantId})"));
        }

        batch.BatchCommands.Add(new NpgsqlBatchCommand($"create sequence {Schema}.mt_events_sequence_{suffix}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"insert into {Schema}.mt_tenant_partitions (partition_value, partition_suffix) values ({tenantId}, '{suffix}')"));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Drops them with all that is in them. Goes on where it was interrupted.</summary>
    /// <exception cref="PostgresException">
    /// Somebody reads all generations for long, as a backup does, and is not waited for longer (55P03): whoever came meanwhile waits behind this.
    /// </exception>
    public static async Task RemoveAsync(NpgsqlDataSource dataSource, Generation generation, CancellationToken cancellationToken)
    {
        var suffix = generation.PartitionSuffix;
        // Each in a transaction of its own: one that held several of these tables could wait for a writer that waits for it.
        foreach (var table in Tables) await ExecuteAsync($"drop table if exists {table}_{suffix}");
        await ExecuteAsync($"drop sequence if exists {Schema}.mt_events_sequence_{suffix}");
        await ExecuteAsync($"delete from {Schema}.mt_tenant_partitions where partition_suffix = '{suffix}'");

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
