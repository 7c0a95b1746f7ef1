using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Npgsql;

namespace Connectivity.Projections.Gateways;

/// <summary>
/// Until sessions refer to their nodes by a constraint, some could outlive theirs, and records could read connected
/// without a session. Before the constraint is added, each of these gets a dead node, whose sessions any host closes.
/// </summary>
internal static class GatewayUpgrade
{
    private const string DeadNode = "upgrade";

    /// <summary>Does nothing where the constraint exists, or there is no such database yet.</summary>
    public static async Task PrepareAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var due = new NpgsqlCommand(
            $"""
            select to_regclass('{GatewayTables.SessionsName}') is not null and not exists (
                select from pg_constraint
                where conrelid = to_regclass('{GatewayTables.SessionsName}') and contype = 'f')
            """, connection);
        if (await due.ExecuteScalarAsync(cancellationToken) is not true) return;

        await using var batch = new NpgsqlBatch(connection) { Timeout = 0 };
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            create temporary table connected_without_session on commit drop as
            select t.account, t.region, t.name, r.data -> 'connect' as connect
            from {RegistryTables.ThingsName} t
            join {IndexingTable.Name} i on i.account = t.account and i.region = t.region
            join {ConnectivitySchema.Records} r on r.tenant_id = {Generation.FormerTenantIdSql("i")} and r.id = t.thing_id
            where r.data ? 'connect' and not r.data ? 'disconnect'
              and r.data -> 'connect' -> 'connection' ->> 'source' = '{EventSource.Gateway}'
              and not exists (
                  select from {GatewayTables.SessionsName} s
                  where s.account = t.account and s.region = t.region and s.client_id = t.name)
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into {GatewayTables.NodesName} (node_id, account, region, renewed_at, lapsed_at)
            select distinct on (node_id) node_id, account, region, timestamptz '2000-01-01 00:00:00Z', clock_timestamp()
            from (select node_id, account, region from {GatewayTables.SessionsName}
                  union all select '{DeadNode}.' || account || '.' || region, account, region
                  from connected_without_session) as held
            on conflict do nothing
            """));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(
            $"""
            insert into {GatewayTables.SessionsName}
                (account, region, client_id, node_id, session_identifier, version_number, connected_at, principal)
            select account, region, name, '{DeadNode}.' || account || '.' || region,
                connect -> 'connection' ->> 'sessionIdentifier', (connect -> 'connection' ->> 'versionNumber')::bigint,
                (connect ->> 'occurredAt')::timestamptz, connect ->> 'principalIdentifier'
            from connected_without_session
            """));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
