using Connectivity.Api.Ingest;
using Connectivity.Api.Telemetry;
using Connectivity.Gateway;
using OpenTelemetry.Metrics;

namespace Connectivity.Api.Hosting;

/// <summary>The metrics that are served at <c>/metrics</c>.</summary>
public static class TelemetryRegistration
{
    public static void AddTelemetry(this IServiceCollection services)
    {
        services.AddSingleton<IngestMetrics>();
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(
                ConnectivityMeter.Name, MqttGateway.MeterName, "Npgsql",
                "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel")
            .AddPrometheusExporter());
    }
}
