using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.History;

/// <summary>An event as stored in a thing's stream.</summary>
/// <param name="Position">1 for the first event of the stream; rises by one with each event recorded.</param>
/// <param name="RecordedAt">The database's time when it was stored.</param>
/// <param name="IsLate">
/// Whether it did not change the record when it was stored; false where an earlier release stored it.
/// </param>
public sealed record RecordedEvent(
    Guid EventId, long Position, DateTimeOffset RecordedAt, LifecycleEvent Event, bool IsLate);
