using Connectivity.Api.Access;
using Connectivity.Api.Devices;
using Connectivity.Api.Ingest;
using Connectivity.Api.Purge;
using Connectivity.Api.Throttling;
using Connectivity.Gateway;
using Connectivity.Gateway.Access;
using OpenTelemetry.Metrics;

namespace Connectivity.Api.Hosting;

/// <summary>What runs beside the requests while the host serves.</summary>
public static class Serving
{
    public static void AddGateway(this IServiceCollection services, ConnectivityOptions options)
    {
        if (!options.Mqtt.Enabled) return;
        services.AddSingleton(provider => options.Mqtt.ToGateway(provider.GetService<ServerCertificate>()) with
        {
            SpillDirectory = Path.GetFullPath(Path.Combine(options.DataDirectory, "gateway-spill")),
        });
        services.AddSingleton<ILifecycleSink, GatewaySink>();
        services.AddSingleton<IDeviceAccess, DeviceAccess>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<MqttGateway>(provider, provider.GetRequiredService<DatabaseTime>()));
        services.AddSingleton<GatewayHost>();
        services.AddSingleton<ConnectedDevices>();
        services.AddSingleton<GatewayNodeIdentity>();
        services.AddSingleton<GhostSessions>();
        services.AddSingleton<SupersededSessions>();
        services.AddHostedService<GatewayLease>();
        services.AddHostedService(provider => provider.GetRequiredService<GatewayHost>());
        services.AddHostedService<BegunLivesReporter>();
        services.AddHostedService(provider => provider.GetRequiredService<SupersededSessions>());
    }

    public static void AddBackgroundWork(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseTime>();
        services.AddHostedService<DatabaseWatch>();
        services.AddHostedService<FormerThingsSweep>();
        services.AddHostedService<AccessChangesListener>();
    }

    public static void AddAccess(this IServiceCollection services, IConfiguration configuration, ConnectivityOptions options)
    {
        services.AddKeyRing(configuration, options);
        services.AddSingleton<FirstAdministrator>();
        services.AddSingleton<AccessDirectory>();
        services.AddSingleton<RequestSignatures>();
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton<AccountLimits>();
        services.AddSingleton<AccountThrottle>();
        services.AddSingleton<FailureThrottle>();
    }

    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<IngestMetrics>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(IngestMetrics.MeterName, MqttGateway.MeterName, "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
    }
}
