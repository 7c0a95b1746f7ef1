using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Gateways;

/// <summary>The stored lease of a node.</summary>
/// <param name="RenewedAt">The last moment it is known to have been alive, by the database's clock.</param>
/// <param name="IsExpired">Any host that reads this ends the sessions of the node.</param>
public sealed record NodeLease(string NodeId, DateTimeOffset RenewedAt, bool IsExpired);

/// <summary>What a node reads when it renews its lease.</summary>
/// <param name="Own">The node's own lease; null where it expired and is already released.</param>
/// <param name="Now">The database's time.</param>
/// <param name="ServerStartedAt">When the database's server started, by its clock.</param>
public sealed record LeaseSnapshot(
    NodeLease? Own, DateTimeOffset Now, DateTimeOffset ServerStartedAt, IReadOnlyList<NodeLease> Others)
{
    /// <summary>False where another host has marked the lease expired.</summary>
    public bool IsHeld => Own is { IsExpired: false };
}

/// <summary>
/// The leases of gateway nodes. A node that does not renew its lease is dead, or can't reach the database and so can't
/// store anything.
/// </summary>
public sealed class LeaseStore(NpgsqlDataSource dataSource)
{
    /// <summary>Acquires a lease, also one that has expired.</summary>
    public async Task AcquireAsync(Account account, string nodeId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            insert into {GatewayTables.NodesName} (node_id, account, region, renewed_at)
            values ($1, $2, $3, clock_timestamp())
            on conflict (node_id) do update set renewed_at = excluded.renewed_at, lapsed_at = null
            """).With(nodeId, account.Id, account.Region);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Renews the lease, unless it has expired, and reads the others.</summary>
    public async Task<LeaseSnapshot> RenewAsync(Account account, string nodeId, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            update {GatewayTables.NodesName} set renewed_at = clock_timestamp()
            where node_id = $1 and lapsed_at is null
            """).With(nodeId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select clock_timestamp(), pg_postmaster_start_time()"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            select node_id, renewed_at, lapsed_at is not null from {GatewayTables.NodesName}
            where account = $1 and region = $2
            """).With(account.Id, account.Region));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (now, started) = (reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1));
        await reader.NextResultAsync(cancellationToken);
        var nodes = new List<NodeLease>();
        while (await reader.ReadAsync(cancellationToken))
            nodes.Add(
                new NodeLease(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetBoolean(2)));
        return new LeaseSnapshot(
            nodes.Find(node => node.NodeId == nodeId), now, started, nodes.FindAll(node => node.NodeId != nodeId));
    }

    /// <summary>Marks a lease as expired, unless it was renewed since it was read.</summary>
    public async Task ExpireAsync(NodeLease seen, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            update {GatewayTables.NodesName} set lapsed_at = clock_timestamp()
            where node_id = $1 and lapsed_at is null and renewed_at = $2
            """).With(seen.NodeId, seen.RenewedAt.ToUniversalTime());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Marks the lease of a node known to be dead as expired, also one that was already released.</summary>
    public async Task ExpireAsync(Account account, string nodeId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            insert into {GatewayTables.NodesName} as node (node_id, account, region, renewed_at, lapsed_at)
            values ($1, $2, $3, clock_timestamp(), clock_timestamp())
            on conflict (node_id) do update set lapsed_at = coalesce(node.lapsed_at, excluded.lapsed_at)
            """).With(nodeId, account.Id, account.Region);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Deletes the lease of a stopped or dead node, once it has no session left.</summary>
    public async Task ReleaseAsync(string nodeId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            delete from {GatewayTables.NodesName} where node_id = $1
              and not exists (select from {GatewayTables.SessionsName} where node_id = $1)
            """).With(nodeId);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
