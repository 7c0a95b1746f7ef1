using System.Diagnostics.Metrics;
using Connectivity.Api.Telemetry;

namespace Connectivity.Api.Security;

/// <summary>Counts the requests that are refused before they reach a handler.</summary>
public sealed class AccessMetrics
{
    private readonly Counter<long> _refused;

    public AccessMetrics(IMeterFactory meters) => _refused = meters.Create(ConnectivityMeter.Name).CreateCounter<long>(
        "connectivity.requests_refused",
        "{request}",
        "Requests refused because of their signature or a limit, by error code.");

    public void Refused(string code) => _refused.Add(1, new KeyValuePair<string, object?>("code", code));
}
