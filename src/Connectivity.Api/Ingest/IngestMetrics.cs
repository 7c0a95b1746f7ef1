using System.Diagnostics.Metrics;
using Connectivity.Api.Telemetry;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>Counts lifecycle events by outcome.</summary>
public sealed class IngestMetrics
{
    private readonly Counter<long> _events;

    public IngestMetrics(IMeterFactory meters) => _events = meters.Create(ConnectivityMeter.Name).CreateCounter<long>(
        "connectivity.lifecycle_events",
        "{event}",
        "Lifecycle events received, by outcome and, for ignored events, reason.");

    public void Count(IReadOnlyList<Outcome> outcomes)
    {
        foreach (var group in outcomes.GroupBy(outcome => outcome))
            _events.Add(
                group.Count(),
                new("outcome", group.Key.Kind.ToString().ToLowerInvariant()),
                new("reason", group.Key.Kind == OutcomeKind.Ignored ? group.Key.Reason : null));
    }
}
