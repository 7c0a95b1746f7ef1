using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Projections.Gateways;

namespace Connectivity.Api.Devices;

/// <summary>
/// A client id has one connection across all gateways: what its newer one superseded on this node is ended, at once where that is heard of, and
/// with the next renewal of the lease in any case.
/// </summary>
public sealed class SupersededSessions(
    GatewaySessions sessions, GatewayNodeIdentity identity, MqttGateway gateway, Account account, ILogger<SupersededSessions> logger)
    : BackgroundService
{
    private const int BatchSize = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Ends what was superseded and not heard of: nobody listened, or both nodes stored their connects in the same moment.</summary>
    public async Task EndAsync(CancellationToken cancellationToken)
    {
        foreach (var open in gateway.OpenSessions().Chunk(BatchSize))
            foreach (var superseded in await sessions.SupersededAsync(account, identity.NodeId, open, cancellationToken))
                gateway.EndSuperseded(superseded.ClientId, superseded.SessionIdentifier);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var superseded in sessions.ListenAsync(() => Task.CompletedTask, stoppingToken))
                    if (superseded.NodeId == identity.NodeId) gateway.EndSuperseded(superseded.ClientId, superseded.SessionIdentifier);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.ListeningInterrupted(exception);
                await Task.Delay(Pause, stoppingToken);
            }
        }
    }
}
