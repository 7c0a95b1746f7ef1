using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Projections.Registry;

namespace Connectivity.Api.Ingest;

/// <summary>
/// When a thing is created or indexing is turned on, by whatever host, lets this host's gateway report the connections it already holds open.
/// So a device that was there first does not read UNKNOWN.
/// </summary>
public sealed class BegunLivesReporter(BegunLives lives, MqttGateway gateway, Account account, ILogger<BegunLivesReporter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // What began while nobody listened was not heard: report everything.
                await foreach (var life in lives.ListenAsync(() => gateway.ReportOpenConnectionsAsync(null, stoppingToken), stoppingToken))
                    if (life.Account == account) await gateway.ReportOpenConnectionsAsync(life.ThingName, stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.ListeningInterrupted(exception);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }
}
