using Connectivity.Api.Telemetry;
using Connectivity.Projections.Database;
using Npgsql;

namespace Connectivity.Api.Database;

/// <summary>
/// Listens on a channel for as long as the host serves, and again where the connection was lost. What was notified in between is not received:
/// each time listening begins, the listener catches up.
/// </summary>
public abstract class NotificationListener<T>(NotificationChannel<T> channel, NpgsqlDataSource dataSource, ILogger logger)
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
                await foreach (var change in channel.ListenAsync(dataSource, () => CatchUpAsync(stoppingToken), stoppingToken))
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
