using Connectivity.Projections.Database;
using JasperFx.CodeGeneration;
using Wolverine;
using Wolverine.ErrorHandling;

namespace Connectivity.Api.Hosting;

/// <summary>Commands and background work, by Wolverine; what must survive a restart is kept in PostgreSQL.</summary>
public static class MessagingRegistration
{
    public static void AddMessaging(this IHostBuilder host) => host.UseWolverine(options =>
    {
        options.Discovery.DisableConventionalDiscovery()
            .IncludeType(typeof(Ingest.IngestLifecycleEventsHandler))
            .IncludeType(typeof(Purge.PurgeGenerationHandler));
        // The code around the handlers is generated ahead, by the command `codegen write` in the top directory: a host that compiled it
        // when the first event comes would be seconds late with it.
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        options.CodeGeneration.GeneratedCodeOutputPath = Path.GetFullPath("src/Connectivity.Api/Internal/Generated");
        options.Policies.UseDurableLocalQueues();
        options.OnException(DatabaseErrors.WasRolledBack)
            .RetryWithCooldown(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500));
    });
}
