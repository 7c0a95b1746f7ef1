using Connectivity.Access.Changes;
using Connectivity.Api.Database;
using Npgsql;

namespace Connectivity.Api.Gateway;

/// <summary>Reauthorizes the connected devices when credentials or policies change, on any host.</summary>
public sealed class DeviceReauthorizer(
    ConnectedDevices devices, NpgsqlDataSource dataSource, ILogger<DeviceReauthorizer> logger)
    : NotificationListener<AccessChange>(AccessChange.Channel, dataSource, logger)
{
    protected override Task CatchUpAsync(CancellationToken stoppingToken) => devices.ReauthorizeAllAsync(stoppingToken);

    protected override Task HandleAsync(AccessChange change, CancellationToken stoppingToken) =>
        change.ThingName is { } thingName ? devices.ReauthorizeAsync(thingName, stoppingToken) : Task.CompletedTask;
}
