using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;
using Weasel.Postgresql.Tables.Partitioning;

namespace Connectivity.Projections.Sessions;

/// <summary>
/// What is projected from streams beside the record, each table with one partition for each generation: the sessions of
/// things, their states, and the counts of their fleet.
/// </summary>
public static class SessionTables
{
    /// <summary>All sessions but those that are the newest of their things and have not ended.</summary>
    public const string SessionsName = $"{ConnectivitySchema.Name}.thing_sessions";

    /// <summary>The state of each thing that has connected.</summary>
    public const string StatesName = $"{ConnectivitySchema.Name}.thing_states";

    /// <summary>The counts of a fleet. No event writes them: they are joined in the background.</summary>
    public const string CountsName = $"{ConnectivitySchema.Name}.fleet_counts";

    /// <summary>
    /// What transactions added to counts and is not joined to them yet: a row for each transaction, of all generations.
    /// </summary>
    public const string CountChangesName = $"{ConnectivitySchema.Name}.fleet_count_changes";

    private const string Time = "timestamp with time zone";

    internal static Table Sessions()
    {
        var table = Partitioned(SessionsName);
        table.AddColumn<string>("tenant_id").NotNull();
        table.AddColumn<Guid>("thing_id").NotNull();
        // The earliest moment that is known of it.
        table.AddColumn("started_at", Time).NotNull();
        table.AddColumn<long>("version_number").NotNull();
        table.AddColumn<string>("session_identifier").NotNull();
        table.AddColumn<string>("source").NotNull();
        // When its connect occurred, if that was reported.
        table.AddColumn("reported_connect", Time);
        table.AddColumn("disconnected_at", Time);
        table.AddColumn<string>("disconnect_reason");
        table.AddColumn<bool>("is_inferred").NotNull();
        // When it began, if its end reports that.
        table.AddColumn("end_connected_at", Time);
        table.Indexes.Add(new IndexDefinition("thing_sessions_by_thing")
        {
            Columns = ["thing_id", "started_at", "version_number"],
        });
        table.Indexes.Add(new IndexDefinition("thing_sessions_by_end")
        {
            Columns = ["disconnected_at", "thing_id", "disconnect_reason"],
            Predicate = "disconnected_at is not null",
        });
        return table;
    }

    internal static Table States()
    {
        var table = Partitioned(StatesName);
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        table.AddColumn<Guid>("thing_id").AsPrimaryKey();
        table.AddColumn<string>("state").NotNull();
        table.AddColumn("changed_at", Time).NotNull();
        table.Indexes.Add(new IndexDefinition("thing_states_by_change")
        {
            Columns = ["state", "changed_at", "thing_id"],
        });
        return table;
    }

    internal static Table Counts()
    {
        var table = Partitioned(CountsName);
        table.AddColumn<string>("tenant_id").AsPrimaryKey();
        table.AddColumn<short>("measure").AsPrimaryKey();
        // Of the present state of the fleet: infinity.
        table.AddColumn("minute", Time).AsPrimaryKey();
        table.AddColumn<string>("state").AsPrimaryKey();
        table.AddColumn<long>("number").NotNull();
        return table;
    }

    internal static Table CountChanges()
    {
        var table = new Table(CountChangesName);
        table.AddColumn<string>("tenant_id").NotNull();
        table.AddColumn("measures", "smallint[]").NotNull();
        table.AddColumn("minutes", $"{Time}[]").NotNull();
        table.AddColumn("states", "text[]").NotNull();
        table.AddColumn("numbers", "integer[]").NotNull();
        return table;
    }

    /// <summary>Its partitions are created with the generations.</summary>
    private static Table Partitioned(string name)
    {
        var partitioning = new ListPartitioning { Columns = ["tenant_id"] };
        // Beside a default partition none can be detached concurrently.
        partitioning.DisableDefaultPartition();
        return new Table(name) { Partitioning = partitioning, IgnorePartitionsInMigration = true };
    }
}
