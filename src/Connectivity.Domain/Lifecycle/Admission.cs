namespace Connectivity.Domain.Lifecycle;

/// <summary>How old an event may be.</summary>
public enum Age
{
    /// <summary>It must belong to the thing's present life.</summary>
    PresentLife,

    /// <summary>
    /// Any age: an import of history, or a gateway in this process that reports the connections it holds open with the time they
    /// were really opened.
    /// </summary>
    Any,
}

/// <summary>Whether an event is stored at all.</summary>
public static class Admission
{
    /// <summary>Why the event is not stored, or null where it is.</summary>
    /// <param name="indexing">Whether connectivity indexing is on.</param>
    /// <param name="life">The present life of the thing that the client id names, or null where it names none.</param>
    /// <param name="now">The database's time.</param>
    public static Outcome? Refusal(LifecycleEvent lifecycleEvent, bool indexing, PresentLife? life, Age age, DateTimeOffset now)
    {
        if (EventTime.Fault(lifecycleEvent.OccurredAt, now) is { } fault) return Outcome.Rejected(fault);
        if (!indexing) return Outcome.IndexingOff;
        if (life is null) return Outcome.NotRegistered;
        if (age == Age.PresentLife && !life.Includes(lifecycleEvent.OccurredAt)) return Outcome.FormerLife;
        return null;
    }
}
