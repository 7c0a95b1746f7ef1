using System.Net;
using System.Net.Sockets;
using Connectivity.Access.Devices;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Security;
using Connectivity.Api.Telemetry;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Listening;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Starts the gateway after the services that its events need, and stops it before them: its sessions end, and are
/// stored, while everything else still works. It listens beyond loopback, where configured, only once a device has a
/// credential: before that no device can authenticate.
/// </summary>
public sealed class GatewayHost(
    MqttGateway gateway,
    GatewayOptions options,
    SecurityOptions security,
    Account account,
    DeviceCredentialStore credentials,
    ILogger<GatewayHost> logger) : IHostedService
{
    private readonly SemaphoreSlim _moving = new(1, 1);
    private readonly IPAddress _address = IPAddress.Parse(options.Address);
    private bool _waitsForCredentials;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await gateway.StartAsync(cancellationToken);
        }
        catch (SocketException exception)
        {
            throw CanNotListen(exception);
        }

        _waitsForCredentials = !IPAddress.IsLoopback(_address);
        if (!_waitsForCredentials || !await ListenBeyondLoopbackAsync(cancellationToken)) LogEndpoints();
        if (_waitsForCredentials) logger.MqttWaitsForCredentials(options.Address);
    }

    /// <summary>
    /// Moves from loopback to the configured address once a device has a credential. Returns whether it moved now.
    /// </summary>
    public async Task<bool> ListenBeyondLoopbackAsync(CancellationToken cancellationToken)
    {
        await _moving.WaitAsync(cancellationToken);
        try
        {
            if (!_waitsForCredentials) return false;
            if (!security.AllowAnonymous && !await credentials.AnyAsync(account, cancellationToken)) return false;
            foreach (var endpoint in gateway.Endpoints) await MoveAsync(endpoint);
            _waitsForCredentials = false;
        }
        catch (SocketException exception)
        {
            throw CanNotListen(exception);
        }
        finally
        {
            _moving.Release();
        }

        LogEndpoints();
        return true;
    }

    public Task StopAsync(CancellationToken cancellationToken) => gateway.StopAsync(cancellationToken);

    private async Task MoveAsync(DeviceEndpoint endpoint)
    {
        await endpoint.CloseAsync();
        try
        {
            gateway.Listen(endpoint.Options with { Address = _address, Port = endpoint.Port });
        }
        catch (SocketException)
        {
            gateway.Listen(endpoint.Options with { Port = endpoint.Port });
            throw;
        }
    }

    private void LogEndpoints()
    {
        foreach (var endpoint in gateway.Endpoints)
            logger.ServingMqtt(
                endpoint.IsEncrypted ? "MQTT over TLS" : "MQTT", endpoint.Options.Address.ToString(), endpoint.Port);
    }

    /// <summary>Names the setting of the endpoint that failed: the one without TLS is opened first.</summary>
    private StartupException CanNotListen(SocketException exception)
    {
        var (port, setting) = gateway.Port == 0 && options.PlainEnabled
            ? (options.Port, "Port")
            : (options.TlsPort, "TlsPort");
        return new StartupException(
            $"MQTT can't listen on {options.Address}:{port}: {exception.Message}. Choose another with the setting "
            + $"Connectivity:Mqtt:{setting} (Connectivity__Mqtt__{setting}), or 0 for any free port.",
            exception);
    }
}
