using Connectivity.Api.Database;
using Connectivity.Api.Gateway;
using Connectivity.Api.Purge;
using Connectivity.Api.Security;

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
        services.AddSingleton<OrphanedSessions>();
        services.AddHostedService<OrphanedSessionCloser>();
        services.AddHostedService<AccessDirectoryRefresher>();
        services.AddHealthChecks().AddCheck<DatabaseMonitor>("database");
    }
}
