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

    /// <summary>Events that were not readable, or that the caller may not report.</summary>
    public void CountRejected(int events)
    {
        if (events > 0) Add(events, new Outcome(OutcomeKind.Rejected));
    }

    /// <param name="outcomes">Null for an event that is not known to be stored, which its sender repeats.</param>
    public void Count(IReadOnlyList<Outcome?> outcomes)
    {
        foreach (var group in outcomes.OfType<Outcome>().GroupBy(outcome => outcome)) Add(group.Count(), group.Key);
    }

    private void Add(int count, Outcome outcome) => _events.Add(
        count,
        new("outcome", outcome.Kind.ToString().ToLowerInvariant()),
        new("reason", outcome.Kind == OutcomeKind.Ignored ? outcome.Reason : null));
}
