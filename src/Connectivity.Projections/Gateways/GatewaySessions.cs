using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using Npgsql;

namespace Connectivity.Projections.Gateways;

/// <summary>A session that a gateway holds open.</summary>
public sealed record GatewaySession(
    string ClientId, ConnectionKey Connection, DateTimeOffset ConnectedAt, string? PrincipalIdentifier)
{
    /// <summary>By the order in which the record takes connections, so that the survivor is the one it shows.</summary>
    public bool IsNewerThan(GatewaySession other) =>
        ConnectionOrder.Compare(Connection, ConnectedAt, other.Connection, other.ConnectedAt) > 0;
}

/// <summary>A session whose client id was taken over by a connection to another node.</summary>
/// <param name="NodeId">The node that holds the session.</param>
public sealed record SupersededSession(string NodeId, string ClientId, string SessionIdentifier)
{
    public static readonly NotificationChannel<SupersededSession> Channel = new("connectivity_superseded_sessions");
}

/// <summary>The sessions that are open on the gateways of all hosts.</summary>
public sealed class GatewaySessions(NpgsqlDataSource dataSource)
{
    /// <summary>Some of the sessions of a node, while its lease is expired: then none of them is open.</summary>
    /// <param name="source">The node's source name in its events.</param>
    public async Task<IReadOnlyList<GatewaySession>> OrphanedAsync(
        string nodeId, string source, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select client_id, session_identifier, version_number, connected_at, principal
            from {GatewayTables.SessionsName} join {GatewayTables.NodesName} using (node_id)
            where node_id = $1 and lapsed_at is not null order by client_id limit $2
            """).With(nodeId, limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sessions = new List<GatewaySession>();
        while (await reader.ReadAsync(cancellationToken)) sessions.Add(Read(reader, source));
        return sessions;
    }

    /// <summary>Those of the given sessions of a node whose client has a newer one on another node.</summary>
    public async Task<IReadOnlyList<SupersededSession>> SupersededAsync(
        Account account, string nodeId, IReadOnlyList<GatewaySession> open, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select client_id, session_identifier, version_number, connected_at, principal
            from {GatewayTables.SessionsName}
            where account = $1 and region = $2 and client_id = any($3) and node_id <> $4
            """).With(
            account.Id, account.Region, open.Select(session => session.ClientId).ToArray(), nodeId);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var held = new List<GatewaySession>();
        while (await reader.ReadAsync(cancellationToken)) held.Add(Read(reader, EventSource.Gateway));
        var newest = held.ToLookup(session => session.ClientId);
        return
        [
            .. open.Where(session => newest[session.ClientId].Any(other => other.IsNewerThan(session)))
                .Select(session => new SupersededSession(
                    nodeId, session.ClientId, session.Connection.SessionIdentifier)),
        ];
    }

    /// <summary>
    /// The highest version number that a client is known to have had on any gateway: of its open session, or of its
    /// thing's record. 0 where no number is known. A gateway whose clock is behind another's, or was set back, assigns
    /// its next number above it.
    /// </summary>
    public Task<long> LastVersionAsync(
        Account account, string clientId, string source, CancellationToken cancellationToken) =>
        LostConnections.RepeatAsync(
            dataSource, () => ReadLastVersionAsync(account, clientId, source, cancellationToken));

    private async Task<long> ReadLastVersionAsync(
        Account account, string clientId, string source, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand(
            $"""
            select greatest(
                (select max(version_number) from {GatewayTables.SessionsName}
                 where account = $1 and region = $2 and client_id = $3),
                (select max((event -> 'connection' ->> 'versionNumber')::bigint)
                 from {RegistryTables.ThingsName} t
                 join {IndexingTable.Name} i on i.account = t.account and i.region = t.region
                 join {ConnectivitySchema.Records} r
                     on r.tenant_id = i.tenant_id and r.id = t.thing_id
                 cross join lateral (values (r.data -> 'connect'), (r.data -> 'disconnect')) as known(event)
                 where t.account = $1 and t.region = $2 and t.name = $3 and event -> 'connection' ->> 'source' = $4),
                0)
            """).With(account.Id, account.Region, clientId, source);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    internal static GatewaySession Read(NpgsqlDataReader reader, string source) => new(
        reader.GetString(0), new ConnectionKey(source, reader.GetString(1), reader.GetInt64(2)),
        reader.GetFieldValue<DateTimeOffset>(3), reader.IsDBNull(4) ? null : reader.GetString(4));
}
