using Connectivity.Api.Ingest;
using Connectivity.Api.Telemetry;
using Connectivity.Gateway;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Connectivity.Api.Hosting;

/// <summary>The metrics that are served at <c>/metrics</c>.</summary>
public static class TelemetryRegistration
{
    /// <summary>The name of this service in telemetry.</summary>
    private const string ServiceName = "connectivity";

    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<IngestMetrics>();
        services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService(ServiceName)).WithMetrics(metrics => metrics
            .AddMeter(
                ConnectivityMeter.Name, MqttGateway.MeterName, "Npgsql",
                "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
    }
}
