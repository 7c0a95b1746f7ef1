using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Indexing;

/// <summary>
/// The database objects of a generation: a partition of each table of streams and records, and the sequence that
/// numbers its events. They have the form that Marten gives them, but are created here: so they appear with the commit
/// that starts the generation, and no writer of another one waits for them.
/// </summary>
internal sealed class GenerationPartitions(NpgsqlDataSource dataSource, StoreContents contents)
{
    /// <summary>Creates them in the connection's transaction.</summary>
    public async Task AddAsync(NpgsqlConnection connection, Generation generation, CancellationToken cancellationToken)
    {
        var (suffix, tenantId) = (generation.PartitionSuffix, $"'{generation.TenantId.Replace("'", "''")}'");
        await using var batch = new NpgsqlBatch(connection);
        foreach (var (table, _) in contents.GenerationTables)
        {
            // Created as a table and attached: creating a partition directly locks the whole table.
            batch.BatchCommands.Add(
                new NpgsqlBatchCommand($"create table {table}_{suffix} (like {table} including all)"));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                $"alter table {table} attach partition {table}_{suffix} for values in ({tenantId})"));
        }

        batch.BatchCommands.Add(
            new NpgsqlBatchCommand($"create sequence {ConnectivitySchema.EventsSequence}_{suffix}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into {ConnectivitySchema.TenantPartitions} (partition_value, partition_suffix)
            values ({tenantId}, '{suffix}')
            """));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Drops them with their rows. Continues an interrupted removal. Waits for the end of every transaction that reads
    /// the tables, and nothing waits behind it: a partition is detached concurrently before it is dropped.
    /// </summary>
    public async Task RemoveAsync(Generation generation, CancellationToken cancellationToken)
    {
        foreach (var (table, _) in contents.GenerationTables)
        {
            var partition = generation.Partition(table);
            while (await DetachCommandAsync(table, partition, cancellationToken) is { } detach)
                await ExecuteAsync(detach, cancellationToken);
            await ExecuteAsync($"drop table if exists {partition}", cancellationToken);
        }

        await ExecuteAsync(
            $"drop sequence if exists {generation.Partition(ConnectivitySchema.EventsSequence)}", cancellationToken);
    }

    /// <summary>The command that detaches the partition, or ends its interrupted detachment; null if it is detached.</summary>
    private async Task<string?> DetachCommandAsync(
        string table, string partition, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand("select inhdetachpending from pg_inherits where inhrelid = to_regclass($1)").With(partition);
        return await command.ExecuteScalarAsync(cancellationToken) is bool isPending
            ? $"alter table {table} detach partition {partition} {(isPending ? "finalize" : "concurrently")}"
            : null;
    }

    /// <summary>Outside a transaction, which a concurrent detachment can't be in.</summary>
    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(sql);
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
