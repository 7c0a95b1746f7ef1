using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Lifecycle.Rebuild;

/// <summary>
/// Where a rebuild of a generation is, so that another one continues it after its process was killed.
/// </summary>
internal sealed class RebuildPositions(NpgsqlDataSource dataSource)
{
    public const string TableName = $"{ConnectivitySchema.Name}.rebuild_positions";

    internal static Table Definition()
    {
        var table = new Table(TableName);
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        // In the order of names.
        table.AddColumn<string>("last_thing").NotNull();
        return table;
    }

    internal static NpgsqlBatchCommand Delete(string tenantId) =>
        new NpgsqlBatchCommand($"delete from {TableName} where tenant_id = $1").With(tenantId);

    /// <summary>The name of the last thing that is done; empty at the start.</summary>
    public async Task<string> LoadAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var command = dataSource
            .CreateCommand($"select last_thing from {TableName} where tenant_id = $1").With(generation.TenantId);
        return await command.ExecuteScalarAsync(cancellationToken) as string ?? "";
    }

    public async Task SaveAsync(Generation generation, string lastThing, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            insert into {TableName} (tenant_id, last_thing) values ($1, $2)
            on conflict (tenant_id) do update set last_thing = excluded.last_thing
            """).With(generation.TenantId, lastThing);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task RemoveAsync(Generation generation, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(Delete(generation.TenantId));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
