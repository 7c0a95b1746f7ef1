using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Registry;

/// <summary>
/// The registry belongs to no tenant: things are kept across generations, and turning indexing off removes none.
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
        // When the previous thing of this name was deleted, if so shortly before that its events could be mistaken for
        // this one's.
        table.AddColumn("former_life_ended_at", "timestamp with time zone");
        return table;
    }

    /// <summary>Deleted names, kept only as long as their events could be mistaken for those of a successor.</summary>
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
