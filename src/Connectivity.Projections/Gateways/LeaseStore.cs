using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Gateways;

/// <summary>The stored lease of a node.</summary>
/// <param name="RenewedAt">The last moment it is known to have been alive, by the database's clock.</param>
/// <param name="IsExpired">Any host that reads this closes the sessions of the node.</param>
public sealed record NodeLease(Account Account, string NodeId, DateTimeOffset RenewedAt, bool IsExpired);

/// <summary>All leases, of every account.</summary>
/// <param name="Now">The database's time.</param>
/// <param name="ServerStartedAt">When the database's server started, by its clock.</param>
public sealed record LeaseSnapshot(DateTimeOffset Now, DateTimeOffset ServerStartedAt, IReadOnlyList<NodeLease> Nodes);

/// <summary>
/// The leases of gateway nodes. A node that does not renew its lease is dead, or can't reach the database and so can't
/// store anything.
/// </summary>
public sealed class LeaseStore(NpgsqlDataSource dataSource)
{
    /// <summary>When a node was last alive of which that is not known: its sessions end when they began.</summary>
    private const string Unknown = "timestamptz '2000-01-01 00:00:00Z'";

    /// <summary>
    /// Whether any host may close the sessions of the node <c>n</c>: its lease has expired, and no live node holds it.
    /// </summary>
    private const string IsExpiredSql =
        $"""
        n.lapsed_at is not null and not exists (
            select from {GatewayTables.NodesName} s where s.node_id = n.successor and s.lapsed_at is null)
        """;

    /// <summary>Acquires a lease, also one that has expired.</summary>
    public Task AcquireAsync(Account account, string nodeId, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        insert into {GatewayTables.NodesName} (node_id, account, region, renewed_at)
        values ($1, $2, $3, clock_timestamp())
        on conflict (node_id) do update set renewed_at = excluded.renewed_at, lapsed_at = null
        """, cancellationToken, nodeId, account.Id, account.Region);

    /// <summary>Renews the lease, and returns when; null where it has expired or is gone.</summary>
    public async Task<DateTimeOffset?> RenewAsync(string nodeId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            update {GatewayTables.NodesName} set renewed_at = clock_timestamp()
            where node_id = $1 and lapsed_at is null returning renewed_at
            """).With(nodeId);
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime renewedAt ? renewedAt : null;
    }

    public async Task<LeaseSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select clock_timestamp(), pg_postmaster_start_time()"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select account, region, node_id, renewed_at, {IsExpiredSql} from {GatewayTables.NodesName} n"));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (now, started) = (reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1));
        await reader.NextResultAsync(cancellationToken);
        var nodes = new List<NodeLease>();
        while (await reader.ReadAsync(cancellationToken))
            nodes.Add(new NodeLease(
                new Account(reader.GetString(0), reader.GetString(1)), reader.GetString(2),
                reader.GetFieldValue<DateTimeOffset>(3), reader.GetBoolean(4)));
        return new LeaseSnapshot(now, started, nodes);
    }

    /// <summary>Marks a lease as expired, unless it was renewed since it was read.</summary>
    public Task ExpireAsync(NodeLease seen, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        update {GatewayTables.NodesName} set lapsed_at = clock_timestamp()
        where node_id = $1 and lapsed_at is null and renewed_at = $2
        """, cancellationToken, seen.NodeId, seen.RenewedAt.ToUniversalTime());

    /// <summary>
    /// Marks the lease of a node known to be dead as expired, and holds it until what the node left is delivered. The
    /// moment it was last alive stays. A node that is gone already gets its lease back.
    /// </summary>
    public Task SucceedAsync(
        Account account, string deadNodeId, string successor, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        insert into {GatewayTables.NodesName} as node (node_id, account, region, renewed_at, lapsed_at, successor)
        values ($1, $2, $3, {Unknown}, clock_timestamp(), $4)
        on conflict (node_id) do update set
            lapsed_at = coalesce(node.lapsed_at, excluded.lapsed_at), successor = excluded.successor
        """, cancellationToken, deadNodeId, account.Id, account.Region, successor);

    /// <summary>What the dead node left is delivered: any host may close its sessions now.</summary>
    public Task EndSuccessionAsync(string deadNodeId, CancellationToken cancellationToken) => ExecuteAsync(
        $"update {GatewayTables.NodesName} set successor = null where node_id = $1", cancellationToken, deadNodeId);

    /// <summary>
    /// Gives a node that is gone an expired lease, so that what it still reports finds its node, and any host closes it.
    /// </summary>
    public Task RestoreAsync(Account account, string nodeId, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        insert into {GatewayTables.NodesName} (node_id, account, region, renewed_at, lapsed_at)
        values ($1, $2, $3, {Unknown}, clock_timestamp()) on conflict do nothing
        """, cancellationToken, nodeId, account.Id, account.Region);

    /// <summary>Deletes the lease of a stopped or dead node, once it has no session left.</summary>
    public Task ReleaseAsync(string nodeId, CancellationToken cancellationToken) => ExecuteAsync(
        $"""
        delete from {GatewayTables.NodesName} n where node_id = $1
          and not exists (select from {GatewayTables.SessionsName} where node_id = $1)
          and (n.successor is null or {IsExpiredSql})
        """, cancellationToken, nodeId);

    /// <summary>Keeps the nodes' rows until the transaction ends. Returns the ids of those that are not gone.</summary>
    internal static NpgsqlBatchCommand Lock(string[] nodeIds) => new NpgsqlBatchCommand(
        $"select node_id from {GatewayTables.NodesName} where node_id = any($1) order by node_id for key share")
        .With((object)nodeIds);

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = dataSource.CreateCommand(sql).With(values);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
