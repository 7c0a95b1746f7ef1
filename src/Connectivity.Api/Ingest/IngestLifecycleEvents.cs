using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>The one path in: HTTP, the gateway and every adapter end in this command.</summary>
/// <param name="Backdating">How old the events may be.</param>
/// <param name="NodeLease">The gateway that reports the opening and ending of its own sessions; null for any other reporter.</param>
public sealed record IngestLifecycleEvents(Account Account, IReadOnlyList<LifecycleEvent> Events, Backdating Backdating, string? NodeLease = null);

/// <param name="Outcomes">One for each event, in order; what is accepted is committed.</param>
public sealed record LifecycleEventsIngested(IReadOnlyList<Outcome> Outcomes);

public static class IngestLifecycleEventsHandler
{
    /// <summary>Events in one transaction. Larger batches are committed in parts: repeating one that failed half-way is safe.</summary>
    private const int EventsAtOnce = 500;

    public static async Task<LifecycleEventsIngested> Handle(
        IngestLifecycleEvents command, LifecycleLog log, IngestMetrics metrics, CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>(command.Events.Count);
        foreach (var events in command.Events.Chunk(EventsAtOnce))
            outcomes.AddRange(await log.AppendAsync(command.Account, events, command.Backdating, cancellationToken, command.NodeLease));
        metrics.Count(outcomes);
        return new LifecycleEventsIngested(outcomes);
    }
}
