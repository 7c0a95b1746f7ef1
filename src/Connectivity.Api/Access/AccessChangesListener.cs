using Connectivity.Projections.Access;

namespace Connectivity.Api.Access;

/// <summary>Reads the directory again when users, keys, policies or limits change, on whatever host.</summary>
public sealed class AccessChangesListener(AccessChanges changes, AccessDirectory directory, ILogger<AccessChangesListener> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // What changed while nobody listened was not heard.
                await foreach (var change in changes.ListenAsync(() => directory.LoadAsync(stoppingToken), stoppingToken))
                    if (change.ThingName is null) await directory.LoadAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.AccessListeningInterrupted(exception);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }
}
