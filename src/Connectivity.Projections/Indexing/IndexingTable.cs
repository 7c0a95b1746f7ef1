using System.Text.Json;
using Connectivity.Domain;
using Connectivity.Domain.Indexing;
using Connectivity.Projections.Database;
using Npgsql;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Indexing;

/// <summary>One row for each account whose fleet indexing was ever configured.</summary>
public static class IndexingTable
{
    public const string Name = $"{ConnectivitySchema.Name}.indexing";
    public const string GenerationsName = $"{ConnectivitySchema.Name}.generations";

    internal static Table Indexing()
    {
        var table = new Table(Name);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("region").AsPrimaryKey();
        table.AddColumn("configuration", "jsonb").NotNull();
        // The current generation, or null while connectivity indexing is off.
        table.AddColumn<long>("generation");
        // Marten's tenant id of that generation.
        table.AddColumn<string>("tenant_id");
        // Raised to end all cursors of the change feed.
        table.AddColumn<long>("cursor_epoch").NotNull().DefaultValue(0);
        // Whether sessions, states and counts are projected from all streams of the generation; while an upgrade does
        // that, the name of the last thing that is done.
        table.AddColumn<bool>("is_projected").NotNull().DefaultValueByExpression("false");
        table.AddColumn<string>("projected_to").NotNull().DefaultValueByExpression("''");
        table.AddColumn("turned_on_at", "timestamp with time zone");
        table.AddColumn("turned_off_at", "timestamp with time zone");
        return table;
    }

    /// <summary>
    /// The current generation from two columns, its number and its tenant id; null while connectivity indexing is off.
    /// </summary>
    internal static Generation? ReadGeneration(NpgsqlDataReader reader, Account account, int column) =>
        reader.IsDBNull(column)
            ? null
            : new Generation(account, reader.GetInt64(column), reader.GetString(column + 1));

    /// <summary>The column <c>configuration</c>.</summary>
    internal static IndexingConfiguration ReadConfiguration(NpgsqlDataReader reader, int column) =>
        JsonSerializer.Deserialize<IndexingConfiguration>(reader.GetString(column), JsonSerializerOptions.Web)!;

    /// <summary>
    /// Earlier releases did not store the tenant ids of their generations. Does nothing where they are stored.
    /// </summary>
    internal static async Task StoreFormerTenantIdsAsync(
        NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            update {Name} as indexing set tenant_id = {Generation.FormerTenantIdSql("indexing")}
            where generation is not null and tenant_id is null
            """);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>
    /// Numbers the generations of all accounts: a number is never used twice, so a purge can never name the wrong
    /// generation.
    /// </summary>
    internal static Sequence Generations() => new(GenerationsName);
}
