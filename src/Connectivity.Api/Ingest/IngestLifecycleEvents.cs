using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>The single entry for lifecycle events: HTTP, the gateway and every adapter send this command.</summary>
/// <param name="Backdating">How old the events may be.</param>
/// <param name="NodeId">
/// The gateway node whose sessions the events open and close; null for any other sender.
/// </param>
public sealed record IngestLifecycleEvents(
    Account Account, IReadOnlyList<LifecycleEvent> Events, Backdating Backdating, string? NodeId = null);

/// <param name="Outcomes">One for each event, in order; accepted events are committed.</param>
public sealed record LifecycleEventsIngested(IReadOnlyList<Outcome> Outcomes);

public static class IngestLifecycleEventsHandler
{
    /// <summary>
    /// Events per transaction. Larger batches are committed in parts: repeating one that failed half-way is safe.
    /// </summary>
    private const int BatchSize = 500;

    public static async Task<LifecycleEventsIngested> Handle(
        IngestLifecycleEvents command, LifecycleLog log, IngestMetrics metrics, CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>(command.Events.Count);
        foreach (var events in command.Events.Chunk(BatchSize))
            outcomes.AddRange(await log.AppendAsync(
                command.Account, events, command.Backdating, cancellationToken, command.NodeId));
        metrics.Count(outcomes);
        return new LifecycleEventsIngested(outcomes);
    }
}
