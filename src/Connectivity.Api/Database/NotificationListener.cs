using Connectivity.Api.Telemetry;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// Listens on a channel while the host runs, and reconnects when the connection is lost. Notifications sent in between
/// are lost, so the listener catches up each time it starts to listen.
/// </summary>
public abstract class NotificationListener<T>(
    NotificationChannel<T> channel, NpgsqlDataSource dataSource, ILogger logger)
    : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    protected abstract Task CatchUpAsync(CancellationToken stoppingToken);

    protected abstract Task HandleAsync(T change, CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var changes = channel.ListenAsync(dataSource, () => CatchUpAsync(stoppingToken), stoppingToken);
                await foreach (var change in changes)
                    await HandleAsync(change, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.ListeningInterrupted(exception);
                await Task.Delay(RetryDelay, stoppingToken);
            }
        }
    }
}
