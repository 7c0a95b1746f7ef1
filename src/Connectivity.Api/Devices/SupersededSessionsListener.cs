using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Projections.Gateways;

namespace Connectivity.Api.Devices;

/// <summary>A client id has one connection across all gateways: what its newer one superseded on this node is ended.</summary>
public sealed class SupersededSessionsListener(
    GatewaySessions sessions, GatewayNodeIdentity identity, MqttGateway gateway, Account account, ILogger<SupersededSessionsListener> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var superseded in sessions.ListenAsync(() => EndUnheardAsync(stoppingToken), stoppingToken))
                    if (superseded.NodeId == identity.NodeId) gateway.EndSuperseded(superseded.ClientId, superseded.SessionIdentifier);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.ListeningInterrupted(exception);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }

    /// <summary>What was superseded while nobody listened was not heard.</summary>
    private async Task EndUnheardAsync(CancellationToken stop)
    {
        foreach (var open in gateway.OpenSessions().Chunk(1000))
            foreach (var superseded in await sessions.SupersededAsync(account, identity.NodeId, open, stop))
                gateway.EndSuperseded(superseded.ClientId, superseded.SessionIdentifier);
    }
}
