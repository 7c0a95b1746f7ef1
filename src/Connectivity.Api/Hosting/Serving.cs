using Connectivity.Gateway;
using Connectivity.Gateway.Access;
using Connectivity.Api.Ingest;
using Connectivity.Api.Purge;
using OpenTelemetry.Metrics;

namespace Connectivity.Api.Hosting;

/// <summary>What runs beside the requests while the host serves.</summary>
public static class Serving
{
    public static void AddGateway(this IServiceCollection services, ConnectivityOptions options)
    {
        if (!options.Mqtt.Enabled) return;
        services.AddSingleton(options.Mqtt.ToGateway());
        services.AddSingleton<ILifecycleSink, GatewaySink>();
        services.AddSingleton<IDeviceAccess, AdmitEveryone>();
        services.AddSingleton<MqttGateway>();
        services.AddHostedService<GatewayHost>();
        services.AddHostedService<BegunLivesReporter>();
    }

    public static void AddBackgroundWork(this IServiceCollection services) => services.AddHostedService<FormerThingsSweep>();

    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<IngestMetrics>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(IngestMetrics.MeterName, "Npgsql", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
    }
}
