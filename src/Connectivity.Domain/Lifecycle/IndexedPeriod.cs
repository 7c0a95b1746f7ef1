namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// The period in which events of a thing count: since the later of its creation and the last time connectivity indexing
/// was turned on.
/// </summary>
/// <param name="ThingId">Identifies the incarnation of the thing; the key of its stream.</param>
/// <param name="BeganAt">By the database's clock, in whole milliseconds, as event times are.</param>
/// <param name="PreviousPeriodEndedAt">When the previous period of the same name ended, if that is remembered.</param>
public sealed record IndexedPeriod(string ThingId, DateTimeOffset BeganAt, DateTimeOffset? PreviousPeriodEndedAt)
{
    /// <summary>
    /// How long a deleted name is remembered. Events of a period that ended longer before this one began can't be
    /// mistaken for events of this one: the times of both are at most <see cref="EventTime.Tolerance"/> from the truth.
    /// </summary>
    public static readonly TimeSpan Memory = 2 * EventTime.Tolerance;

    /// <param name="deletedAt">When a thing of the same name was last deleted, if that is remembered.</param>
    /// <param name="turnedOffAt">
    /// When connectivity indexing was last turned off; this ended the period of a thing created before.
    /// </param>
    public static IndexedPeriod Of(
        string thingId, DateTimeOffset createdAt, DateTimeOffset? deletedAt, DateTimeOffset turnedOnAt,
        DateTimeOffset? turnedOffAt)
    {
        var endedByTurningOff = createdAt < turnedOffAt ? turnedOffAt : null;
        var began = createdAt > turnedOnAt ? createdAt : turnedOnAt;
        return new IndexedPeriod(
            thingId,
            EventTime.Truncate(began),
            deletedAt is null || endedByTurningOff > deletedAt ? endedByTurningOff : deletedAt);
    }

    /// <summary>
    /// Whether an event of that time counts in this period. The tolerance allows for the source's clock. It is zero
    /// where the previous period ended so shortly before that its events could be mistaken for events of this one.
    /// </summary>
    public bool Includes(DateTimeOffset occurredAt) =>
        occurredAt >= (BeganAt - PreviousPeriodEndedAt < Memory ? BeganAt : BeganAt - EventTime.Tolerance);
}
