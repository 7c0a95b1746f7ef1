using Connectivity.Access.Changes;
using Connectivity.Access.Directory;
using Connectivity.Api.Database;
using Npgsql;

namespace Connectivity.Api.Security;

/// <summary>Reloads the directory when users, keys, policies or limits change, on any host.</summary>
public sealed class AccessDirectoryRefresher(
    AccessDirectory directory, NpgsqlDataSource dataSource, ILogger<AccessDirectoryRefresher> logger)
    : NotificationListener<AccessChange>(AccessChange.Channel, dataSource, logger)
{
    protected override Task CatchUpAsync(CancellationToken stoppingToken) => directory.LoadAsync(stoppingToken);

    protected override Task HandleAsync(AccessChange change, CancellationToken stoppingToken) =>
        change.ThingName is null ? directory.LoadAsync(stoppingToken) : Task.CompletedTask;
}
