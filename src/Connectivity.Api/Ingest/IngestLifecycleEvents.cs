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
/// <param name="WaitsForLocks">
/// Whether the answer waits for things that another transaction holds; else the sender repeats their events.
/// </param>
public sealed record IngestLifecycleEvents(
    Account Account,
    IReadOnlyList<LifecycleEvent> Events,
    Backdating Backdating,
    EventOrigin Origin,
    string? NodeId = null,
    bool WaitsForLocks = true)
{
    /// <summary>Events of one command. A larger batch is sent in parts, each of which is answered for itself.</summary>
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

/// <param name="Result">Its outcomes are those of committed events.</param>
public sealed record LifecycleEventsIngested(AppendResult Result);

public static class IngestLifecycleEventsHandler
{
    public static async Task<LifecycleEventsIngested> Handle(
        IngestLifecycleEvents command,
        LifecycleLog log,
        SystemSources systemSources,
        IngestMetrics metrics,
        CancellationToken cancellationToken)
    {
        var submitted = command.Events.Select(lifecycleEvent => new SubmittedEvent(
            lifecycleEvent, command.Backdating,
            command.Origin == EventOrigin.Outside && systemSources.Names.Contains(lifecycleEvent.Connection.Source),
            command.NodeId));
        var result = await log.AppendAsync(command.Account, [.. submitted], command.WaitsForLocks, cancellationToken);
        metrics.Count(result.Outcomes);
        return new LifecycleEventsIngested(result);
    }
}
