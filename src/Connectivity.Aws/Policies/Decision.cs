namespace Connectivity.Aws.Policies;

public enum DecisionKind
{
    /// <summary>Nothing allows the request, and so it is denied.</summary>
    NoAllow,

    Allowed,

    /// <summary>A statement denies the request, whatever allows it.</summary>
    ExplicitDeny,
}

/// <summary>Whether a request may be done, and what decided it.</summary>
/// <param name="Policy">The policy of the deciding statement; null where nothing allows.</param>
/// <param name="Statement">The first statement that decided; null where nothing allows.</param>
public readonly record struct Decision(DecisionKind Kind, AttachedPolicy? Policy, PolicyStatement? Statement)
{
    public bool IsAllowed => Kind == DecisionKind.Allowed;
}
