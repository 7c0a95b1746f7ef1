namespace Connectivity.Api.Telemetry;

/// <summary>The meter of what the host counts itself.</summary>
public static class ConnectivityMeter
{
    public const string Name = "Connectivity";
}
