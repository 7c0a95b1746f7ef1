namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// The outcome of an event, which is never an exception; <c>ignored</c> and <c>rejected</c> have a reason.
/// </summary>
public readonly record struct Outcome(OutcomeKind Kind, string? Reason = null)
{
    public static readonly Outcome Accepted = new(OutcomeKind.Accepted);
    public static readonly Outcome Late = new(OutcomeKind.Late);
    public static readonly Outcome Duplicate = new(OutcomeKind.Duplicate);
    public static readonly Outcome NotRegistered = new(OutcomeKind.Ignored, "the client id is not a registered thing");
    public static readonly Outcome IndexingOff = new(OutcomeKind.Ignored, "connectivity indexing is off");
    public static readonly Outcome BeforeIndexedPeriod =
        new(OutcomeKind.Ignored, "it occurred before the thing's indexed period began");

    /// <summary>The node that reports the event has no lease any more, so that no session can be its.</summary>
    public static readonly Outcome NodeGone = new(OutcomeKind.Ignored, "the gateway node is gone");

    /// <summary>Of an event from outside that names a source of the system, and is not stored already.</summary>
    public static readonly Outcome SystemSource = Rejected("its source is one of the system's own");

    public static Outcome Rejected(string error) => new(OutcomeKind.Rejected, error);
}

public enum OutcomeKind
{
    /// <summary>Stored, and the record changed; details that were filled in count.</summary>
    Accepted,

    /// <summary>Stored, and the record did not change.</summary>
    Late,

    /// <summary>Stored before.</summary>
    Duplicate,

    /// <summary>Not stored, although the event is valid.</summary>
    Ignored,

    /// <summary>Not stored, because the event is invalid.</summary>
    Rejected,
}
