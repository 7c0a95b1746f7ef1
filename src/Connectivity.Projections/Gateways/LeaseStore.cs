using Connectivity.Domain;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Gateways;

/// <summary>A node, as the database knows it.</summary>
/// <param name="RenewedAt">The last moment it is known to have been alive, by the database's clock.</param>
/// <param name="IsExpired">Its sessions are to be ended by whoever sees this.</param>
public sealed record NodeLease(string NodeId, DateTimeOffset RenewedAt, bool IsExpired);

/// <summary>What a node sees when it renews its lease.</summary>
/// <param name="Own">The node itself; null where it was taken for dead, and is forgotten already.</param>
/// <param name="Now">The database's time.</param>
/// <param name="ServerStartedAt">When the database's server started, by its clock.</param>
public sealed record LeaseSnapshot(NodeLease? Own, DateTimeOffset Now, DateTimeOffset ServerStartedAt, IReadOnlyList<NodeLease> Others)
{
    /// <summary>False where others have taken the node for dead.</summary>
    public bool IsHeld => Own is { IsExpired: false };
}

/// <summary>The leases of gateway nodes. A node that does not renew its lease is dead, or can do no harm: it can store nothing.</summary>
public sealed class LeaseStore(NpgsqlDataSource dataSource)
{
    /// <summary>Takes a lease, or takes it again after it lapsed.</summary>
    public async Task AcquireAsync(Account account, string nodeId, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            insert into {GatewayTables.NodesName} (node_id, account, region, renewed_at) values ($1, $2, $3, clock_timestamp())
            on conflict (node_id) do update set renewed_at = excluded.renewed_at, lapsed_at = null
            """).With(nodeId, account.Id, account.Region);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Renews the lease, if it has not lapsed, and looks at the others.</summary>
    public async Task<LeaseSnapshot> RenewAsync(Account account, string nodeId, CancellationToken cancellationToken)
    {
        await using var batch = dataSource.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"update {GatewayTables.NodesName} set renewed_at = clock_timestamp() where node_id = $1 and lapsed_at is null").With(nodeId));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("select clock_timestamp(), pg_postmaster_start_time()"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"select node_id, renewed_at, lapsed_at is not null from {GatewayTables.NodesName} where account = $1 and region = $2")
            .With(account.Id, account.Region));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (now, started) = (reader.GetFieldValue<DateTimeOffset>(0), reader.GetFieldValue<DateTimeOffset>(1));
        await reader.NextResultAsync(cancellationToken);
        var nodes = new List<NodeLease>();
        while (await reader.ReadAsync(cancellationToken))
            nodes.Add(new NodeLease(reader.GetString(0), reader.GetFieldValue<DateTimeOffset>(1), reader.GetBoolean(2)));
        return new LeaseSnapshot(
            nodes.Find(node => node.NodeId == nodeId), now, started, nodes.FindAll(node => node.NodeId != nodeId));
    }

    /// <summary>Takes a node for dead, unless it has renewed its lease since it was looked at.</summary>
    public async Task ExpireAsync(NodeLease seen, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"update {GatewayTables.NodesName} set lapsed_at = clock_timestamp() where node_id = $1 and lapsed_at is null and renewed_at = $2")
            .With(seen.NodeId, seen.RenewedAt.ToUniversalTime());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes a node for dead that is known to be, also one that was forgotten already.</summary>
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

    /// <summary>Forgets a node that stopped in order, or lapsed, and has no session left.</summary>
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
