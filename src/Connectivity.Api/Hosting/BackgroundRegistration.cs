using Connectivity.Api.Changes;
using Connectivity.Api.Database;
using Connectivity.Api.Fleet;
using Connectivity.Api.Gateway;
using Connectivity.Api.Purge;
using Connectivity.Api.Security;
using Connectivity.Projections.Changes;

namespace Connectivity.Api.Hosting;

/// <summary>Work that runs in the background while the host serves requests.</summary>
public static class BackgroundRegistration
{
    public static void AddBackgroundWork(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseTime>();
        services.AddSingleton<DatabaseMonitor>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseMonitor>());
        services.AddHostedService<DeletedThingCleanup>();
        services.AddHostedService<FleetCountJoiner>();
        services.AddSingleton<OrphanedSessions>();
        services.AddHostedService<OrphanedSessionCloser>();
        services.AddHostedService<AccessDirectoryRefresher>();
        services.AddSingleton<StreamLimits>();
        services.AddSingleton<FeedTelemetry>();
        services.AddSingleton<IFeedObserver>(provider => provider.GetRequiredService<FeedTelemetry>());
        services.AddHostedService<AppendNotifier>();
        services.AddHostedService<AppendListener>();
        services.AddHealthChecks().AddCheck<DatabaseMonitor>("database");
    }
}
