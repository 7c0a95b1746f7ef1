using Connectivity.Api.Telemetry;
using Connectivity.Projections.Database;
using Connectivity.Projections.Sessions;

namespace Connectivity.Api.Fleet;

/// <summary>Joins what transactions added to the counts of fleets to them, on one host at a time.</summary>
public sealed class FleetCountJoiner(
    FleetCountChanges changes, TimeProvider clock, ILogger<FleetCountJoiner> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await changes.JoinAsync(stoppingToken);
            }
            catch (Exception exception) when (DatabaseErrors.IsUnavailable(exception))
            {
                // The monitor of the database reports it, and nothing is lost.
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.FleetCountsNotJoined(exception);
            }
        }
    }
}
