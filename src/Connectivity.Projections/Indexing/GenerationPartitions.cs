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
    /// <summary>Shorter than the timeout of the requests that wait behind it.</summary>
    private const string WaitBriefly = "set local lock_timeout = '2s'";

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

    /// <summary>Drops them with their rows. Continues an interrupted removal.</summary>
    /// <exception cref="PostgresException">
    /// The lock timeout expired (55P03): a long transaction, such as a backup, reads all generations. The timeout is
    /// short because later statements wait behind this one.
    /// </exception>
    public async Task RemoveAsync(Generation generation, CancellationToken cancellationToken)
    {
        var suffix = generation.PartitionSuffix;
        // Each in a transaction of its own: one that locks several of these tables could deadlock with a writer.
        foreach (var (table, _) in contents.GenerationTables)
            await ExecuteAsync(new NpgsqlBatchCommand($"drop table if exists {table}_{suffix}"));
        await ExecuteAsync(
            new NpgsqlBatchCommand($"drop sequence if exists {ConnectivitySchema.EventsSequence}_{suffix}"));
        foreach (var end in contents.EndWithGeneration) await ExecuteAsync(end(generation.TenantId));

        async Task ExecuteAsync(NpgsqlBatchCommand command)
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var batch =
                new NpgsqlBatch(connection) { Timeout = 0, BatchCommands = { new(WaitBriefly), command } };
            await batch.ExecuteNonQueryAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
    }
}
