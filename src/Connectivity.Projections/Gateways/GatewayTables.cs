using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Gateways;

/// <summary>The gateways that run on the database, and the sessions that each holds open: what is left of them when one dies.</summary>
public static class GatewayTables
{
    public const string NodesName = $"{ConnectivitySchema.Name}.gateway_nodes";
    public const string SessionsName = $"{ConnectivitySchema.Name}.gateway_sessions";

    internal static Table Nodes()
    {
        var table = new Table(NodesName);
        table.AddColumn<string>("node_id").AsPrimaryKey();
        table.AddColumn<string>("account").NotNull();
        table.AddColumn<string>("region").NotNull();
        table.AddColumn("renewed_at", "timestamp with time zone").NotNull();
        // Since when its lease has lapsed: its sessions are to be ended by others. Null while it holds.
        table.AddColumn("lapsed_at", "timestamp with time zone");
        return table;
    }

    /// <summary>Of a client there may be one on each node, for as long as the end of the older ones is not stored.</summary>
    internal static Table Sessions()
    {
        var table = new Table(SessionsName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("region").AsPrimaryKey();
        table.AddColumn<string>("client_id").AsPrimaryKey();
        table.AddColumn<string>("node_id").AsPrimaryKey().AddIndex();
        table.AddColumn<string>("session_identifier").NotNull();
        table.AddColumn<long>("version_number").NotNull();
        table.AddColumn("connected_at", "timestamp with time zone").NotNull();
        table.AddColumn<string>("principal");
        return table;
    }
}
