using Connectivity.Api.Database;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway;
using Connectivity.Projections.Gateways;
using Npgsql;

namespace Connectivity.Api.Gateway;

/// <summary>
/// A client id has one connection across all gateways. Ends the connections of this node that a newer one superseded:
/// immediately when notified, otherwise with the next renewal of the lease.
/// </summary>
public sealed class SupersededSessions(
    GatewaySessions sessions,
    GatewayNodeIdentity identity,
    MqttGateway gateway,
    Account account,
    NpgsqlDataSource dataSource,
    ILogger<SupersededSessions> logger)
    : NotificationListener<SupersededSession>(SupersededSession.Channel, dataSource, logger)
{
    private const int BatchSize = 1000;

    /// <summary>
    /// Ends what was superseded without a notification: it was lost, or both nodes stored their connects at the same
    /// time.
    /// </summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (var open in gateway.OpenSessions().Select(ToSession).Chunk(BatchSize))
        {
            var all = await sessions.SupersededAsync(account, identity.NodeId, open, cancellationToken);
            foreach (var superseded in all) gateway.EndSuperseded(superseded.ClientId, superseded.SessionIdentifier);
        }
    }

    /// <summary>Nothing to do: the next renewal of the lease catches up.</summary>
    protected override Task CatchUpAsync(CancellationToken stoppingToken) => Task.CompletedTask;

    protected override Task HandleAsync(SupersededSession superseded, CancellationToken stoppingToken)
    {
        if (superseded.NodeId == identity.NodeId)
            gateway.EndSuperseded(superseded.ClientId, superseded.SessionIdentifier);
        return Task.CompletedTask;
    }

    private static GatewaySession ToSession(ThingConnected connect) =>
        new(connect.ClientId, connect.Connection, connect.OccurredAt, connect.PrincipalIdentifier);
}
