using Connectivity.Api.Telemetry;
using Connectivity.Projections.Registry;

namespace Connectivity.Api.Purge;

/// <summary>Removes deleted names from the registry when they have expired.</summary>
public sealed class DeletedThingCleanup(
    ThingRegistry registry, TimeProvider clock, ILogger<DeletedThingCleanup> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await registry.RemoveExpiredDeletedThingsAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.DeletedThingCleanupFailed(exception);
            }
        }
    }
}
