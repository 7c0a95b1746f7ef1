using Connectivity.Api.Database;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Projections.Indexing;
using Npgsql;

namespace Connectivity.Api.Gateway;

/// <summary>
/// When a thing is created or indexing is turned on, on any host, this host's gateway reports the connections that it
/// already holds open, so that a device that connected earlier does not read UNKNOWN.
/// </summary>
public sealed class OpenConnectionReannouncer(
    MqttGateway gateway, Account account, NpgsqlDataSource dataSource, ILogger<OpenConnectionReannouncer> logger)
    : NotificationListener<IndexedPeriodStarted>(IndexedPeriodStarted.Channel, dataSource, logger)
{
    protected override Task CatchUpAsync(CancellationToken stoppingToken) =>
        gateway.ReannounceOpenConnectionsAsync(null, stoppingToken);

    protected override Task HandleAsync(IndexedPeriodStarted started, CancellationToken stoppingToken) =>
        started.Account == account
            ? gateway.ReannounceOpenConnectionsAsync(started.ThingName, stoppingToken)
            : Task.CompletedTask;
}
