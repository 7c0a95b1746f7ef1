using System.Net.Sockets;
using Connectivity.Api.Hosting;
using Connectivity.Gateway;

namespace Connectivity.Api.Ingest;

/// <summary>
/// Starts the gateway after what its events need, and stops it before: its devices' sessions end, and are stored, while everything else still works.
/// </summary>
public sealed class GatewayHost(MqttGateway gateway, ConnectivityOptions options, ILogger<GatewayHost> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await gateway.StartAsync(cancellationToken);
        }
        catch (SocketException exception)
        {
            throw new StartFailure(
                $"MQTT can't listen on {options.Mqtt.Address}:{options.Mqtt.Port}: {exception.Message}. "
                + "Choose another with the setting Connectivity:Mqtt:Port (Connectivity__Mqtt__Port), or 0 for any free port.", exception);
        }

        logger.ServingMqtt(options.Mqtt.Address, gateway.Port);
    }

    public Task StopAsync(CancellationToken cancellationToken) => gateway.StopAsync(cancellationToken);
}
