using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Projections.Gateways;

/// <summary>A session whose row is locked until the transaction ends, on any node.</summary>
internal sealed record HeldSession(string NodeId, GatewaySession Session)
{
    /// <summary>
    /// Two commands that lock the sessions of the clients, in the order of their ids. <see cref="ReadAsync"/> reads
    /// their results.
    /// </summary>
    /// <param name="skip">SQL that skips rows that are locked; empty to wait for them.</param>
    public static NpgsqlBatchCommand[] Lock(Account account, string[] clientIds, string skip)
    {
        return
        [
            Select("client_id, node_id", ""),
            Select(
                "client_id, session_identifier, version_number, connected_at, principal, node_id",
                $"order by client_id, node_id for update{skip}"),
        ];

        NpgsqlBatchCommand Select(string columns, string rest) => new NpgsqlBatchCommand(
            $"""
            select {columns} from {GatewayTables.SessionsName}
            where account = $1 and region = $2 and client_id = any($3) {rest}
            """).With(account.Id, account.Region, clientIds);
    }

    /// <summary>The sessions, and the clients of those that another transaction holds.</summary>
    /// <param name="reader">On the result of the first command; afterwards on that which follows the second.</param>
    public static async Task<(List<HeldSession> Held, HashSet<string> Busy)> ReadAsync(NpgsqlDataReader reader)
    {
        var skipped = new HashSet<(string ClientId, string NodeId)>();
        while (await reader.ReadAsync()) skipped.Add((reader.GetString(0), reader.GetString(1)));
        await reader.NextResultAsync();
        var held = new List<HeldSession>();
        while (await reader.ReadAsync())
        {
            var session = new HeldSession(reader.GetString(5), GatewaySessions.Read(reader, EventSource.Gateway));
            skipped.Remove((session.Session.ClientId, session.NodeId));
            held.Add(session);
        }

        await reader.NextResultAsync();
        return (held, [.. skipped.Select(session => session.ClientId)]);
    }
}
