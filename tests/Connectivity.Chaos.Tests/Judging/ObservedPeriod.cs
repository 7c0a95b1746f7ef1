using Connectivity.Chaos.Tests.Traffic;

namespace Connectivity.Chaos.Tests.Judging;

/// <summary>
/// The current indexed period of a thing, as far as a client can know it; the times are of
/// <see cref="System.Diagnostics.Stopwatch"/>.
/// </summary>
/// <param name="PreviousEndRequestedAt">When the client sent the request that ended the previous period.</param>
/// <param name="StartConfirmedAt">When the client received the answer that this period had started.</param>
public readonly record struct ObservedPeriod(long PreviousEndRequestedAt, long StartConfirmedAt)
{
    /// <summary>Of a thing that has had one period only.</summary>
    public static readonly ObservedPeriod Unbounded = new(long.MinValue, long.MinValue);

    /// <summary>Whether a request of this period stored the event. One stored earlier may have been purged.</summary>
    public bool MustContain(Sent sent)
    {
        var started = StartConfirmedAt;
        return sent.Answers.Exists(answer => answer.IsStored && answer.SentAt > started);
    }

    /// <summary>
    /// Whether every request with the event was answered in a previous period, so that it must not be stored.
    /// </summary>
    public bool MustNotContain(Sent sent)
    {
        var ended = PreviousEndRequestedAt;
        return sent.Answers.Count == sent.Attempts && sent.Answers.TrueForAll(answer => answer.AnsweredAt < ended);
    }
}
