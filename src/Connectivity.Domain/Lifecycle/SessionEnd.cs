namespace Connectivity.Domain.Lifecycle;

/// <summary>When and why a connection ended.</summary>
/// <param name="Inferred">Whether it was not reported but concluded by the system.</param>
/// <param name="ConnectedAt">When the connection began, if its end reports it.</param>
public readonly record struct SessionEnd(
    DateTimeOffset At, string Reason, bool Inferred, DateTimeOffset? ConnectedAt)
{
    public static SessionEnd Of(ThingDisconnected disconnect) =>
        new(disconnect.OccurredAt, disconnect.Reason, disconnect.Inferred, disconnect.ConnectedAt);

    /// <summary>
    /// Which of two ends of one connection counts: a reported end outranks an inferred one. Of two ends of one kind the
    /// later does, then the greater reason.
    /// </summary>
    public bool Outranks(SessionEnd known) => Inferred != known.Inferred
        ? known.Inferred
        : (At.CompareTo(known.At), string.CompareOrdinal(Reason, known.Reason)) is ( > 0, _) or (0, > 0);
}
