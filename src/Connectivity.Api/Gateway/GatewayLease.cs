using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Projections.Gateways;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Keeps this gateway's lease, and ends the sessions of gateways that did not keep theirs. A gateway whose own lease has lapsed was taken for dead:
/// it reports what it still holds open anew.
/// </summary>
public sealed class GatewayLease(
    LeaseStore nodes, GatewayNodeIdentity identity, OrphanedSessions orphaned, SupersededSessions superseded, MqttGateway gateway,
    MqttOptions options, Account account, TimeProvider clock, ILogger<GatewayLease> logger) : BackgroundService
{
    private const int RenewalsInLease = 5;

    /// <summary>Readings that may be missed before a node forgets what it saw of the others.</summary>
    private const int RenewalsInGap = 3;

    private readonly TimeSpan _interval = options.Lease / RenewalsInLease;
    private readonly ExpiryDetector _detector = new(options.Lease, longestGap: options.Lease * RenewalsInGap / RenewalsInLease);

    /// <summary>Before the gateway lets anyone in: the lease is there before the first session, and the predecessor's ghosts are known.</summary>
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
            // Its lease lapses; there is nothing else to it.
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
                await KeepAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                _detector.Interrupt();
                logger.LeaseNotRenewed(exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        var snapshot = await nodes.RenewAsync(account, identity.NodeId, stop);
        // First, so that nothing is reported anew that has a successor elsewhere.
        if (snapshot.Others.Count > 0) await superseded.EndAsync(stop);
        if (!snapshot.IsHeld)
        {
            logger.LeaseExpired();
            // What it had told ends first, by whoever comes first.
            await orphaned.CloseAsync(snapshot.Own ?? new NodeLease(identity.NodeId, snapshot.Now, IsExpired: true), stop);
            await nodes.AcquireAsync(account, identity.NodeId, stop);
            gateway.ReportOpenConnectionsAsNew();
        }

        foreach (var node in _detector.Expired(snapshot)) await nodes.ExpireAsync(node, stop);
        foreach (var node in snapshot.Others)
            if (node.IsExpired) await orphaned.CloseAndReleaseAsync(node, stop);
    }
}
