using Connectivity.Projections;
using Connectivity.Projections.Access;
using Connectivity.Projections.Gateways;
using Connectivity.Projections.History;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Records;
using Connectivity.Projections.Registry;
using Connectivity.Projections.Throttling;
using JasperFx;
using Marten;
using Npgsql;
using Wolverine.Marten;

namespace Connectivity.Api.Hosting;

/// <summary>Everything that is stored, for the host.</summary>
public static class Storage
{
    public static void AddStorage(this IServiceCollection services, string connectionString)
    {
        var dataSource = ConnectivityStore.DataSource(connectionString);
        services.AddSingleton(dataSource);
        services.AddSingleton(new DatabaseAddress(connectionString));
        services.AddMarten(options =>
        {
            options.Connection(dataSource);
            ConnectivityStore.Configure(options);
        }).IntegrateWithWolverine(wolverine =>
        {
            wolverine.MessageStorageSchemaName = "wolverine";
            wolverine.AutoCreate = AutoCreate.CreateOrUpdate;
        });
        services.AddSingleton<DatabaseWrites>();
        services.AddSingleton<ThingRegistry>();
        services.AddSingleton<IndexingStore>();
        services.AddSingleton<GenerationPurge>();
        services.AddSingleton<BegunLives>();
        services.AddSingleton<LifecycleLog>();
        services.AddSingleton<ConnectivityQuery>();
        services.AddSingleton<RecordRebuild>();
        services.AddSingleton<EventHistory>();
        services.AddSingleton<AccessChanges>();
        services.AddSingleton<AccessKeyStore>();
        services.AddSingleton<UserPolicyStore>();
        services.AddSingleton<DeviceCredentialStore>();
        services.AddSingleton<ThrottleStore>();
        services.AddSingleton<GatewayNodes>();
        services.AddSingleton<GatewaySessions>();
    }

    /// <inheritdoc cref="ConnectivityStore.BringSchemaUpToDateAsync"/>
    public static Task BringSchemaUpToDateAsync(this IServiceProvider services) =>
        ConnectivityStore.BringSchemaUpToDateAsync(services.GetRequiredService<DatabaseAddress>().ConnectionString, CancellationToken.None);

    /// <summary>Holds a secret: no record, whose text would tell it.</summary>
    private sealed class DatabaseAddress(string connectionString)
    {
        public string ConnectionString => connectionString;
    }
}
