using Connectivity.Projections.Database;
using Weasel.Postgresql.Tables;

namespace Connectivity.Projections.Gateways;

/// <summary>
/// The gateway nodes on the database and their open sessions, so that another host can end the sessions of a dead node.
/// </summary>
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
        // Since when its lease is expired: other hosts end its sessions. Null while it is held.
        table.AddColumn("lapsed_at", "timestamp with time zone");
        // The node that delivers what this one left on disk. While that one is alive, no host closes the sessions.
        table.AddColumn<string>("successor");
        return table;
    }

    /// <summary>A client may have a session on each node until the ends of the older ones are stored.</summary>
    internal static Table Sessions()
    {
        var table = new Table(SessionsName);
        table.AddColumn<string>("account").AsPrimaryKey();
        table.AddColumn<string>("region").AsPrimaryKey();
        table.AddColumn<string>("client_id").AsPrimaryKey();
        table.AddColumn<string>("node_id").AsPrimaryKey().AddIndex().ForeignKeyTo(NodesName, "node_id");
        table.AddColumn<string>("session_identifier").NotNull();
        table.AddColumn<long>("version_number").NotNull();
        table.AddColumn("connected_at", "timestamp with time zone").NotNull();
        table.AddColumn<string>("principal");
        return table;
    }
}
