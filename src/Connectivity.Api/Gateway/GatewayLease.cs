using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Projections.Gateways;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Renews this gateway's lease, and closes the sessions of gateways whose lease has expired. When this gateway's own
/// lease has expired, other hosts took it for dead: it reports its open connections again.
/// </summary>
public sealed class GatewayLease(
    LeaseStore nodes,
    GatewayNodeIdentity identity,
    OrphanedSessions orphaned,
    SupersededSessions superseded,
    MqttGateway gateway,
    MqttOptions options,
    Account account,
    TimeProvider clock,
    ILogger<GatewayLease> logger) : BackgroundService
{
    private const int RenewalsInLease = 5;

    /// <summary>Renewals that may be missed before a node discards its observations of other leases.</summary>
    private const int RenewalsInGap = 3;

    private readonly TimeSpan _interval = options.Lease / RenewalsInLease;
    private readonly ExpiryDetector _detector = new(
        options.Lease, longestGap: options.Lease * RenewalsInGap / RenewalsInLease);

    /// <summary>
    /// Runs before the gateway accepts connections: the lease exists before the first session, and the previous node's
    /// sessions are known to be orphaned.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await nodes.ExpireAsync(account, identity.PreviousNodeId, cancellationToken);
        await nodes.AcquireAsync(account, identity.NodeId, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await nodes.ReleaseAsync(identity.NodeId, cancellationToken);
        }
        catch (Exception exception)
        {
            // The lease expires by itself.
            logger.LeaseNotRenewed(exception.GetType().Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_interval, clock);
        do
        {
            try
            {
                await RenewLeaseAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                _detector.Interrupt();
                logger.LeaseNotRenewed(exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task RenewLeaseAsync(CancellationToken stop)
    {
        var snapshot = await nodes.RenewAsync(account, identity.NodeId, stop);
        // First, so that no connection is reported again that another node has superseded.
        if (snapshot.Others.Count > 0) await superseded.EndAsync(stop);
        if (!snapshot.IsHeld)
        {
            logger.LeaseExpired();
            // Its former sessions end first; another host may have closed them already.
            var own = snapshot.Own ?? new NodeLease(identity.NodeId, snapshot.Now, IsExpired: true);
            await orphaned.CloseAsync(own, stop);
            await nodes.AcquireAsync(account, identity.NodeId, stop);
            gateway.ReportOpenConnectionsAsNew();
        }

        foreach (var node in _detector.Expired(snapshot)) await nodes.ExpireAsync(node, stop);
        foreach (var node in snapshot.Others)
            if (node.IsExpired) await orphaned.CloseAndReleaseAsync(node, stop);
    }
}
