using JasperFx.CodeGeneration;
using Wolverine;

namespace Connectivity.Api.Hosting;

/// <summary>Commands and background work, by Wolverine; what must survive a restart is kept in PostgreSQL.</summary>
public static class MessagingRegistration
{
    public static void AddMessaging(this IHostBuilder host) => host.UseWolverine(options =>
    {
        // Whichever program hosts it: the generated code is here.
        options.ApplicationAssembly = typeof(MessagingRegistration).Assembly;
        options.Discovery.DisableConventionalDiscovery()
            .IncludeType(typeof(Ingest.IngestLifecycleEventsHandler))
            .IncludeType(typeof(Purge.PurgeGenerationHandler));
        // The handlers' code is generated ahead of time, by `codegen write` in the top directory: compiling it when the
        // first event arrives would delay that event by seconds.
        options.CodeGeneration.TypeLoadMode = TypeLoadMode.Static;
        options.CodeGeneration.GeneratedCodeOutputPath = Path.GetFullPath("src/Connectivity.Api/Internal/Generated");
        options.Policies.UseDurableLocalQueues();
    });
}
