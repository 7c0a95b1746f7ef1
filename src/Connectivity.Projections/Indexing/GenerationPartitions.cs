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
        var (suffix, tenantId) = (generation.PartitionSuffix, Literal(generation.TenantId));
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in contents.GenerationTables) Add(batch, table.Name, generation);
        batch.BatchCommands.Add(
            new NpgsqlBatchCommand($"create sequence {ConnectivitySchema.EventsSequence}_{suffix}"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into {ConnectivitySchema.TenantPartitions} (partition_value, partition_suffix)
            values ({tenantId}, '{suffix}')
            """));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Creates the partitions of a generation of an earlier release that it did not have.</summary>
    public async Task AddMissingAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var batch = new NpgsqlBatch(connection);
        foreach (var table in contents.GenerationTables)
        {
            await using var find = new NpgsqlCommand("select to_regclass($1) is null", connection)
                .With(generation.Partition(table.Name));
            if ((bool)(await find.ExecuteScalarAsync(cancellationToken))!) Add(batch, table.Name, generation);
        }

        if (batch.BatchCommands.Count > 0) await batch.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Drops them with their rows. Continues an interrupted removal. Waits for the end of every transaction that reads
    /// the tables, and nothing waits behind it: a partition is detached concurrently before it is dropped.
    /// </summary>
    public async Task RemoveAsync(Generation generation, CancellationToken cancellationToken)
    {
        foreach (var (table, _, _) in contents.GenerationTables)
        {
            var partition = generation.Partition(table);
            while (await DetachCommandAsync(table, partition, cancellationToken) is { } detach)
                await ExecuteAsync(detach, cancellationToken);
            await ExecuteAsync($"drop table if exists {partition}", cancellationToken);
        }

        await ExecuteAsync(
            $"drop sequence if exists {generation.Partition(ConnectivitySchema.EventsSequence)}", cancellationToken);
    }

    private static void Add(NpgsqlBatch batch, string table, Generation generation)
    {
        // Created as a table and attached: creating a partition directly locks the whole table.
        var partition = generation.Partition(table);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"create table {partition} (like {table} including all)"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"alter table {table} attach partition {partition} for values in ({Literal(generation.TenantId)})"));
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''")}'";

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
