using Connectivity.Access;
using Connectivity.Api.Database;
using Connectivity.Api.Export;
using Connectivity.Api.Fleet;
using Connectivity.Api.Import;
using Connectivity.Api.Ingest;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections;
using Connectivity.Projections.Changes;
using Connectivity.Projections.Database;
using Connectivity.Projections.Fleet;
using Connectivity.Projections.Gateways;
using Connectivity.Projections.History;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Lifecycle;
using Connectivity.Projections.Lifecycle.Rebuild;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Sessions;
using JasperFx;
using Marten;
using Wolverine.Marten;

namespace Connectivity.Api.Hosting;

/// <summary>The stores of things and of their events.</summary>
public static class StorageRegistration
{
    public static void AddStorage(this IServiceCollection services, string connectionString)
    {
        var dataSource = ConnectivityDataSource.Create(connectionString);
        services.AddSingleton(dataSource);
        services.AddSingleton(new DatabaseSchema(connectionString, AccessStore.Contents));
        services.AddSingleton(AccessStore.Contents);
        services.AddMarten(options =>
        {
            options.Connection(dataSource);
            ConnectivityStore.Configure(options, AccessStore.Contents);
        }).IntegrateWithWolverine(wolverine =>
        {
            wolverine.MessageStorageSchemaName = "wolverine";
            wolverine.AutoCreate = AutoCreate.CreateOrUpdate;
        });
        services.AddSingleton<WriteAvailability>();
        services.AddSingleton<ThingRegistry>();
        services.AddSingleton<ThingHolds>();
        services.AddSingleton<IndexingStore>();
        services.AddSingleton<GenerationPurge>();
        services.AddSingleton(provider => new LifecycleLog(
            provider.GetRequiredService<IDocumentStore>(), connectionString,
            provider.GetRequiredService<WriteAvailability>()));
        services.AddSingleton(new SystemSources(new HashSet<string> { EventSource.Gateway }));
        services.AddSingleton(provider => new ConnectivityQuery(
            connectionString, provider.GetRequiredService<WriteAvailability>()));
        services.AddSingleton<FleetCountChanges>();
        services.AddSingleton<ProjectionRebuild>();
        services.AddSingleton<EventHistory>();
        services.AddSingleton<SessionHistory>();
        services.AddSingleton<PastConnectivity>();
        services.AddSingleton<FleetHistory>();
        services.AddSingleton<FleetPresent>();
        services.AddSingleton<DisconnectHistory>();
        services.AddSingleton<ThingListing>();
        services.AddSingleton<StreamExport>();
        services.AddSingleton<EventExport>();
        services.AddSingleton(provider => new HistoryLog(
            provider.GetRequiredService<IDocumentStore>(), connectionString,
            provider.GetRequiredService<WriteAvailability>()));
        services.AddSingleton<ThingRegistration>();
        services.AddSingleton<EventImport>();
        services.AddSingleton<ChangeFeed>();
        services.AddSingleton<LeaseStore>();
        services.AddSingleton<GatewaySessions>();
    }
}
