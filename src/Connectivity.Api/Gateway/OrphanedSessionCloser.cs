using Connectivity.Api.Telemetry;
using Connectivity.Projections.Gateways;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Detects gateway nodes of any account whose lease has expired, and closes their sessions. Every host does, whether or
/// not it has a gateway itself.
/// </summary>
public sealed class OrphanedSessionCloser(
    LeaseStore leases, OrphanedSessions orphaned, MqttOptions options, TimeProvider clock,
    ILogger<OrphanedSessionCloser> logger) : BackgroundService
{
    /// <summary>Readings that may be missed before a host discards its observations of leases.</summary>
    private const int ReadingsInGap = 3;

    private readonly ExpiryDetector _detector = new(options.Lease, longestGap: options.RenewalInterval * ReadingsInGap);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.RenewalInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await CloseAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                _detector.Interrupt();
                logger.OrphanedSessionsNotClosed(exception.GetType().Name);
            }
        }
    }

    private async Task CloseAsync(CancellationToken stop)
    {
        var snapshot = await leases.ReadAsync(stop);
        foreach (var node in _detector.Expired(snapshot)) await leases.ExpireAsync(node, stop);
        foreach (var node in snapshot.Nodes.Where(node => node.IsExpired))
        {
            await orphaned.CloseAsync(node, stop);
            await leases.ReleaseAsync(node.NodeId, stop);
        }
    }
}
