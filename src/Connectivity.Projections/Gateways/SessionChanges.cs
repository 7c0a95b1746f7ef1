using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Marten;

namespace Connectivity.Projections.Gateways;

/// <summary>
/// What the events of a gateway node change in its own sessions. Where a client has sessions on two nodes, the older one
/// is superseded and its node is notified with the commit: the events may arrive in any order.
/// </summary>
internal sealed class SessionChanges
{
    private readonly SortedDictionary<string, ThingConnected> _opened = new(StringComparer.Ordinal);
    private readonly List<ThingDisconnected> _ended = [];

    private SessionChanges(IEnumerable<LifecycleEvent> events)
    {
        foreach (var lifecycleEvent in events)
        {
            if (lifecycleEvent is ThingConnected connect) _opened[connect.ClientId] = connect;
            if (lifecycleEvent is not ThingDisconnected disconnect) continue;
            _ended.Add(disconnect);
            if (_opened.TryGetValue(disconnect.ClientId, out var open) && open.Connection == disconnect.Connection)
                _opened.Remove(disconnect.ClientId);
        }
    }

    /// <summary>Writes them in the transaction in which the session is saved.</summary>
    /// <param name="nodes">The nodes that are not gone.</param>
    /// <param name="held">The sessions of the events' clients, on all nodes.</param>
    public static void Queue(
        IDocumentSession session, Account account, IReadOnlyList<SubmittedEvent> events, IReadOnlySet<string> nodes,
        IReadOnlyList<HeldSession> held)
    {
        foreach (var ofNode in events.Where(submitted => submitted.NodeId is not null && nodes.Contains(submitted.NodeId))
            .GroupBy(submitted => submitted.NodeId!, submitted => submitted.Event))
        {
            var changes = new SessionChanges(ofNode);
            changes.NotifySuperseded(session, ofNode.Key, held);
            if (changes._opened.Count > 0) changes.Open(session, account, ofNode.Key);
            if (changes._ended.Count > 0) changes.End(session, account);
        }
    }

    private void NotifySuperseded(IDocumentSession session, string nodeId, IReadOnlyList<HeldSession> held)
    {
        foreach (var (heldBy, other) in held)
        {
            if (heldBy == nodeId || !_opened.TryGetValue(other.ClientId, out var connect)) continue;
            var own = new GatewaySession(connect.ClientId, connect.Connection, connect.OccurredAt, null);
            SupersededSession.Channel.Notify(session, other.IsNewerThan(own)
                ? new SupersededSession(nodeId, own.ClientId, own.Connection.SessionIdentifier)
                : new SupersededSession(heldBy, other.ClientId, other.Connection.SessionIdentifier));
        }
    }

    private void Open(IDocumentSession session, Account account, string nodeId)
    {
        var connects = _opened.Values;
        session.QueueSqlCommand(
            $"""
            insert into {GatewayTables.SessionsName}
                (account, region, client_id, node_id, session_identifier, version_number, connected_at, principal)
            select ?, ?, client_id, ?, session_identifier, version_number, connected_at, principal
            from unnest(?::text[], ?::text[], ?::bigint[], ?::timestamptz[], ?::text[])
                as opened(client_id, session_identifier, version_number, connected_at, principal) order by client_id
            on conflict (account, region, client_id, node_id) do update set
                session_identifier = excluded.session_identifier, version_number = excluded.version_number,
                connected_at = excluded.connected_at, principal = excluded.principal
            where gateway_sessions.version_number <= excluded.version_number
            """,
            account.Id, account.Region, nodeId,
            connects.Select(connect => connect.ClientId).ToArray(),
            connects.Select(connect => connect.Connection.SessionIdentifier).ToArray(),
            connects.Select(connect => connect.Connection.VersionNumber).ToArray(),
            connects.Select(connect => connect.OccurredAt.ToUniversalTime()).ToArray(),
            connects.Select(connect => connect.PrincipalIdentifier).ToArray());
    }

    private void End(IDocumentSession session, Account account) => session.QueueSqlCommand(
        $"""
        delete from {GatewayTables.SessionsName} as session
        using unnest(?::text[], ?::text[]) as ended(client_id, session_identifier)
        where session.account = ? and session.region = ?
          and session.client_id = ended.client_id and session.session_identifier = ended.session_identifier
        """,
        _ended.Select(disconnect => disconnect.ClientId).ToArray(),
        _ended.Select(disconnect => disconnect.Connection.SessionIdentifier).ToArray(),
        account.Id, account.Region);
}
