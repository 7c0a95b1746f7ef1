namespace Connectivity.Domain.Lifecycle;

/// <summary>An event as its sender submits it to the log. Events of several senders share a commit.</summary>
/// <param name="Backdating">Whether the event may be older than the indexed period of its thing.</param>
/// <param name="IsClaim">
/// Whether the event names a source that its sender can't claim: then nothing of it is stored, and it is a duplicate if
/// it is stored already.
/// </param>
/// <param name="NodeId">The gateway node that reports its own session; null for any other sender.</param>
public sealed record SubmittedEvent(
    LifecycleEvent Event, Backdating Backdating, bool IsClaim = false, string? NodeId = null);
