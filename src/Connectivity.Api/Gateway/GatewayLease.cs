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
    GatewayNodes nodes, GatewayNodeIdentity identity, GhostSessions ghosts, SupersededSessions superseded, MqttGateway gateway,
    MqttOptions options, Account account, TimeProvider clock, ILogger<GatewayLease> logger) : BackgroundService
{
    private const int RenewalsInLease = 5;

    /// <summary>Readings that may be missed before a node forgets what it saw of the others.</summary>
    private const int RenewalsInGap = 3;

    private readonly TimeSpan _interval = options.Lease / RenewalsInLease;
    private readonly LeaseWatch _watch = new(options.Lease, longestGap: options.Lease * RenewalsInGap / RenewalsInLease);

    /// <summary>Before the gateway lets anyone in: the lease is there before the first session, and the predecessor's ghosts are known.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await nodes.LapseAsync(account, identity.FormerNodeId, cancellationToken);
        await nodes.TakeAsync(account, identity.NodeId, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await nodes.ForgetAsync(identity.NodeId, cancellationToken);
        }
        catch (Exception exception)
        {
            // Its lease lapses; there is nothing else to it.
            logger.LeaseNotKept(exception.GetType().Name);
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
                _watch.Interrupt();
                logger.LeaseNotKept(exception.GetType().Name);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        var reading = await nodes.RenewAsync(account, identity.NodeId, stop);
        // First, so that nothing is reported anew that has a successor elsewhere.
        if (reading.Others.Count > 0) await superseded.EndAsync(stop);
        if (!reading.Held)
        {
            logger.LeaseLapsed();
            // What it had told ends first, by whoever comes first.
            await ghosts.LayAsync(reading.Own ?? new GatewayNode(identity.NodeId, reading.Now, HasLapsed: true), stop);
            await nodes.TakeAsync(account, identity.NodeId, stop);
            gateway.ReportOpenConnectionsAnew();
        }

        foreach (var node in _watch.Lapsed(reading)) await nodes.LapseAsync(node, stop);
        foreach (var node in reading.Others)
            if (node.HasLapsed) await ghosts.LayAndForgetAsync(node, stop);
    }
}
