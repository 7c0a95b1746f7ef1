namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// The life of a thing in which events count: since the later of its creation and the last turning-on of connectivity indexing.
/// </summary>
/// <param name="ThingId">Names the life; the key of its stream.</param>
/// <param name="BeganAt">By the database's clock, in whole milliseconds, as event times are.</param>
/// <param name="PreviousPeriodEndedAt">When a former life of the same name ended, as far as it is remembered.</param>
public sealed record IndexedPeriod(string ThingId, DateTimeOffset BeganAt, DateTimeOffset? PreviousPeriodEndedAt)
{
    /// <summary>
    /// How long a deleted name is remembered. A former life that ended longer before the present one began can't be mistaken for it:
    /// its events and the present one's are each at most <see cref="EventTime.Tolerance"/> from the truth.
    /// </summary>
    public static readonly TimeSpan Memory = 2 * EventTime.Tolerance;

    /// <param name="deletedAt">When a thing of the same name was last deleted, if that is remembered.</param>
    /// <param name="turnedOffAt">When connectivity indexing was last turned off; ended the life of a thing created before.</param>
    public static IndexedPeriod Of(
        string thingId, DateTimeOffset createdAt, DateTimeOffset? deletedAt, DateTimeOffset turnedOnAt, DateTimeOffset? turnedOffAt)
    {
        var endedByTurningOff = createdAt < turnedOffAt ? turnedOffAt : null;
        var began = createdAt > turnedOnAt ? createdAt : turnedOnAt;
        return new IndexedPeriod(
            thingId,
            EventTime.Truncate(began),
            deletedAt is null || endedByTurningOff > deletedAt ? endedByTurningOff : deletedAt);
    }

    /// <summary>
    /// Whether an event of that time counts in this life. The tolerance is for the source's clock; there is none where a former life
    /// ended so shortly before that its events would be taken for the present one's.
    /// </summary>
    public bool Includes(DateTimeOffset occurredAt) =>
        occurredAt >= (BeganAt - PreviousPeriodEndedAt < Memory ? BeganAt : BeganAt - EventTime.Tolerance);
}
