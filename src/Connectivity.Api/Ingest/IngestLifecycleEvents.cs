using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>The single entry for lifecycle events: HTTP, the gateway and every adapter send this command.</summary>
/// <param name="Backdating">How old the events may be.</param>
/// <param name="Origin">Whether the events may name a source of the system.</param>
/// <param name="NodeId">
/// The gateway node whose sessions the events open and close; null for any other sender.
/// </param>
public sealed record IngestLifecycleEvents(
    Account Account,
    IReadOnlyList<LifecycleEvent> Events,
    Backdating Backdating,
    EventOrigin Origin,
    string? NodeId = null)
{
    /// <summary>
    /// Events per transaction. Larger batches are committed in parts: repeating one that failed half-way is safe.
    /// </summary>
    public const int BatchSize = 500;
}

/// <summary>Where events come from. The route is no part of an event, and decides only what it may claim.</summary>
public enum EventOrigin
{
    /// <summary>The gateway, an adapter, or the command line.</summary>
    System,

    /// <summary>A request. Of an event that names a source of the system, nothing is stored.</summary>
    Outside,
}

/// <summary>
/// The names of the sources that requests can't claim: the gateway's, and those of configured adapters.
/// </summary>
public sealed record SystemSources(IReadOnlySet<string> Names);

/// <param name="Outcomes">One for each event, in order; accepted events are committed.</param>
public sealed record LifecycleEventsIngested(IReadOnlyList<Outcome> Outcomes);

public static class IngestLifecycleEventsHandler
{
    public static async Task<LifecycleEventsIngested> Handle(
        IngestLifecycleEvents command,
        LifecycleLog log,
        SystemSources systemSources,
        IngestMetrics metrics,
        CancellationToken cancellationToken)
    {
        var outcomes = new List<Outcome>(command.Events.Count);
        foreach (var events in command.Events.Chunk(IngestLifecycleEvents.BatchSize))
            outcomes.AddRange(await log.AppendAsync(
                command.Account,
                events,
                command.Backdating,
                cancellationToken,
                command.NodeId,
                command.Origin == EventOrigin.Outside ? systemSources.Names : null));
        metrics.Count(outcomes);
        return new LifecycleEventsIngested(outcomes);
    }
}
