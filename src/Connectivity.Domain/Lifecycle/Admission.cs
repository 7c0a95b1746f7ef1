namespace Connectivity.Domain.Lifecycle;

/// <summary>Whether an event may be older than the indexed period of its thing.</summary>
public enum Backdating
{
    /// <summary>The event must have occurred in the thing's indexed period.</summary>
    Disallowed,

    /// <summary>
    /// The event may be of any age: an import of history, or an in-process gateway that reports its open connections
    /// with their true connect times.
    /// </summary>
    Allowed,
}

/// <summary>Whether an event is stored at all.</summary>
public static class Admission
{
    /// <summary>The reason why the event is not stored, or null where it is stored.</summary>
    /// <param name="indexing">Whether connectivity indexing is on.</param>
    /// <param name="period">
    /// The indexed period of the thing that the client id names, or null where it names no thing.
    /// </param>
    /// <param name="now">The database's time.</param>
    public static Outcome? Refusal(
        LifecycleEvent lifecycleEvent, bool indexing, IndexedPeriod? period, Backdating backdating, DateTimeOffset now)
    {
        if (EventTime.Validate(lifecycleEvent.OccurredAt, now) is { } error) return Outcome.Rejected(error);
        if (!indexing) return Outcome.IndexingOff;
        if (period is null) return Outcome.NotRegistered;
        return backdating == Backdating.Disallowed && !period.Includes(lifecycleEvent.OccurredAt)
            ? Outcome.BeforeIndexedPeriod
            : null;
    }
}
