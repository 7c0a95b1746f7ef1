using System.Diagnostics.Metrics;
using Connectivity.Api.Telemetry;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>Counts what became of lifecycle events.</summary>
public sealed class IngestMetrics
{
    private readonly Counter<long> _events;

    public IngestMetrics(IMeterFactory meters) => _events = meters.Create(ConnectivityMeter.Name).CreateCounter<long>(
        "connectivity.lifecycle_events", "{event}", "Lifecycle events that came in, by outcome and, where they were not stored, reason.");

    public void Count(IReadOnlyList<Outcome> outcomes)
    {
        foreach (var group in outcomes.GroupBy(outcome => outcome))
            _events.Add(
                group.Count(),
                new("outcome", group.Key.Kind.ToString().ToLowerInvariant()),
                new("reason", group.Key.Kind == OutcomeKind.Ignored ? group.Key.Reason : null));
    }
}
