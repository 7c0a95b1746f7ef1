namespace Connectivity.Api.Telemetry;

/// <summary>The meter of the host's own metrics.</summary>
public static class ConnectivityMeter
{
    public const string Name = "Connectivity";
}
