using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.History;

/// <summary>An event as stored in a thing's stream.</summary>
/// <param name="Position">1 for the first event of the stream; rises by one with each event recorded.</param>
/// <param name="RecordedAt">The database's time when it was stored.</param>
public sealed record RecordedEvent(Guid EventId, long Position, DateTimeOffset RecordedAt, LifecycleEvent Event);
