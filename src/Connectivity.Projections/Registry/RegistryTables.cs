using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Registry;

/// <summary>
/// The registry lies outside the tenants: a thing outlives every generation of indexing, and turning indexing off removes none.
/// </summary>
public static class RegistryTables
{
    public const string ThingsName = $"{ConnectivitySchema.Name}.things";
    public const string DeletedThingsName = $"{ConnectivitySchema.Name}.former_things";

    internal static Table Things()
    {
        var table = new Table(ThingsName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("region").AsPrimaryKey();
        table.AddColumn<string>("name").AsPrimaryKey();
        table.AddColumn<string>("thing_id").NotNull().AddIndex(index => index.IsUnique = true);
        table.AddColumn("attributes", "jsonb").NotNull();
        table.AddColumn<long>("version").NotNull();
        table.AddColumn("created_at", "timestamp with time zone").NotNull();
        // When a thing of this name ended, where that was so short a time before that its events could be taken for this one's.
        table.AddColumn("former_life_ended_at", "timestamp with time zone");
        return table;
    }

    /// <summary>Deleted names, remembered for as long as their events could be taken for those of a successor, and no longer.</summary>
    internal static Table DeletedThings()
    {
        var table = new Table(DeletedThingsName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("region").AsPrimaryKey();
        table.AddColumn<string>("name").AsPrimaryKey();
        table.AddColumn("deleted_at", "timestamp with time zone").NotNull().AddIndex();
        return table;
    }
}
