using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Projections.Gateways;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Renews this gateway's lease. When it has expired, other hosts took this node for dead: it reports its open
/// connections as new ones.
/// </summary>
public sealed class GatewayLease(
    LeaseStore leases,
    GatewayNodeIdentity identity,
    OrphanedSessions orphaned,
    SupersededSessions superseded,
    MqttGateway gateway,
    MqttOptions options,
    Account account,
    TimeProvider clock,
    ILogger<GatewayLease> logger) : BackgroundService
{
    private bool _succeeds = true;

    /// <summary>
    /// Runs before the gateway accepts connections: the lease exists before the first session, and the previous node's
    /// lease is held until its events that are still on disk are stored.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await leases.AcquireAsync(account, identity.NodeId, cancellationToken);
        await leases.SucceedAsync(account, identity.PreviousNodeId, identity.NodeId, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await leases.ReleaseAsync(identity.NodeId, cancellationToken);
        }
        catch (Exception exception)
        {
            // The lease expires by itself.
            logger.LeaseNotReleased(exception.GetType().Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.RenewalInterval, clock);
        do
        {
            try
            {
                await RenewAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LeaseNotRenewed(exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        var renewedAt = await leases.RenewAsync(identity.NodeId, stop);
        // First, so that no connection is reported again that another node has superseded.
        await superseded.EndAsync(stop);
        if (renewedAt is { } alive)
        {
            gateway.LeaseRenewed(alive, options.Lease);
        }
        else
        {
            logger.LeaseExpired();
            // Its former sessions end first, under their former keys; another host may have closed them already.
            var nodes = (await leases.ReadAsync(stop)).Nodes;
            foreach (var own in nodes.Where(node => node.NodeId == identity.NodeId)) await orphaned.CloseAsync(own, stop);
            await leases.AcquireAsync(account, identity.NodeId, stop);
            gateway.ReportOpenConnectionsAsNew();
        }

        if (!_succeeds || !gateway.PreviousEventsStored) return;
        await leases.EndSuccessionAsync(identity.PreviousNodeId, stop);
        _succeeds = false;
    }
}
