using Connectivity.Api.Devices;
using Connectivity.Projections.Access;

namespace Connectivity.Api.Access;

/// <summary>
/// Reads the directory again when users, keys, policies or limits change, on whatever host, and holds the connected devices to their credentials.
/// </summary>
/// <param name="devices">Null where no gateway runs.</param>
public sealed class AccessChangesListener(
    AccessChanges changes, AccessDirectory directory, ILogger<AccessChangesListener> logger, ConnectedDevices? devices = null) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // What changed while nobody listened was not heard.
                await foreach (var change in changes.ListenAsync(() => TakeOverAsync(stoppingToken), stoppingToken))
                    await TakeOverAsync(change, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.AccessListeningInterrupted(exception);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }

    private async Task TakeOverAsync(CancellationToken stop)
    {
        await directory.LoadAsync(stop);
        if (devices is not null) await devices.RecheckAllAsync(stop);
    }

    private async Task TakeOverAsync(AccessChange change, CancellationToken stop)
    {
        if (change.ThingName is null) await directory.LoadAsync(stop);
        else if (devices is not null) await devices.RecheckAsync(change.ThingName, stop);
    }
}
