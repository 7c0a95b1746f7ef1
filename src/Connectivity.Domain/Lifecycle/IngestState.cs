namespace Connectivity.Domain.Lifecycle;

/// <summary>What a decision on events rests on, read under the locks that are held to its commit.</summary>
/// <param name="Generation">The number of the account's generation; null while connectivity indexing is off.</param>
/// <param name="Now">The database's time, read once after the locks.</param>
/// <param name="Periods">The indexed period of each registered thing, by its name.</param>
/// <param name="Nodes">The gateway nodes that are not gone.</param>
public sealed record IngestState(
    Account Account,
    long? Generation,
    DateTimeOffset Now,
    IReadOnlyDictionary<string, IndexedPeriod> Periods,
    IReadOnlySet<string> Nodes);

/// <summary>A thing's stream and its record, as stored.</summary>
/// <param name="Version">The position of its last event; 0 for a stream without events.</param>
/// <param name="LastRecordedAt">When its last event was recorded; null for a stream without events.</param>
public sealed record StoredStream(long Version, DateTimeOffset? LastRecordedAt, ConnectivityRecord Record);

/// <summary>What is stored of a thing's stream.</summary>
/// <param name="Before">The stream's version before.</param>
/// <param name="RecordedAt">Of the last event appended; never before that of an earlier event of the stream.</param>
/// <param name="Former">The record before the first of the events.</param>
public sealed record StreamAppend(
    string ThingId,
    long Before,
    DateTimeOffset RecordedAt,
    IReadOnlyList<AppendedEvent> Events,
    ConnectivityRecord Former)
{
    /// <summary>The record after the last of the events.</summary>
    public ConnectivityRecord Record => Events[^1].Record;
}

/// <param name="IsLate">Whether it did not change the record when it was stored: its outcome was <c>late</c>.</param>
/// <param name="RecordedAt">Never before that of an earlier event of the stream.</param>
/// <param name="Record">The record after it.</param>
public readonly record struct AppendedEvent(
    Guid Id, LifecycleEvent Event, bool IsLate, DateTimeOffset RecordedAt, ConnectivityRecord Record);

/// <param name="Id"><see cref="EventId"/>.</param>
public readonly record struct IdentifiedEvent(Guid Id, LifecycleEvent Event);
