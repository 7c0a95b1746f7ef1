namespace Connectivity.Domain.Lifecycle;

/// <summary>An event as its sender submits it to the log. Events of several senders share a commit.</summary>
/// <param name="Backdating">Whether the event may be older than the indexed period of its thing.</param>
/// <param name="IsClaim">
/// Whether the event names a source that its sender can't claim: then nothing of it is stored, and it is a duplicate if
/// it is stored already.
/// </param>
/// <param name="NodeId">The gateway node that reports its own session; null for any other sender.</param>
/// <param name="History">When it was recorded first, if it comes from an exported history.</param>
public sealed record SubmittedEvent(
    LifecycleEvent Event, Backdating Backdating, bool IsClaim = false, string? NodeId = null,
    RecordedHistory? History = null);

/// <summary>
/// When an event of an imported history was recorded first. The time is kept where the stream contains exactly the
/// events that precede it in its history, or none: its last event was recorded at <paramref name="PreviousRecordedAt"/>.
/// </summary>
/// <param name="RecordedAt">By the clock of the database that recorded it, in whole microseconds.</param>
/// <param name="PreviousRecordedAt">Of the event before it in its history; null for the first.</param>
public sealed record RecordedHistory(DateTimeOffset RecordedAt, DateTimeOffset? PreviousRecordedAt);
