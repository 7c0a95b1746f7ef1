using Connectivity.Projections.Database;
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
        table.AddColumn("turned_on_at", "timestamp with time zone");
        table.AddColumn("turned_off_at", "timestamp with time zone");
        return table;
    }

    /// <summary>
    /// Numbers the generations of all accounts: a number is never used twice, so a purge can never name the wrong
    /// generation.
    /// </summary>
    internal static Sequence Generations() => new(GenerationsName);
}
