namespace Connectivity.Domain.Lifecycle;

/// <summary>What became of an event. None is an exception; <c>ignored</c> and <c>rejected</c> say why.</summary>
public readonly record struct Outcome(OutcomeKind Kind, string? Reason = null)
{
    public static readonly Outcome Accepted = new(OutcomeKind.Accepted);
    public static readonly Outcome Late = new(OutcomeKind.Late);
    public static readonly Outcome Duplicate = new(OutcomeKind.Duplicate);
    public static readonly Outcome NotRegistered = new(OutcomeKind.Ignored, "the client id is not a registered thing");
    public static readonly Outcome IndexingOff = new(OutcomeKind.Ignored, "connectivity indexing is off");
    public static readonly Outcome BeforeIndexedPeriod = new(OutcomeKind.Ignored, "it occurred before the thing's indexed period began");

    public static Outcome Rejected(string error) => new(OutcomeKind.Rejected, error);
}

public enum OutcomeKind
{
    /// <summary>Stored, and it changed the record; filling in details counts.</summary>
    Accepted,

    /// <summary>Stored, and it changed nothing.</summary>
    Late,

    /// <summary>Stored before.</summary>
    Duplicate,

    /// <summary>Not stored, for a reason that is no fault.</summary>
    Ignored,

    /// <summary>Not stored, for a fault of the event.</summary>
    Rejected,
}
