namespace Connectivity.Aws.Policies;

public enum DecisionKind
{
    /// <summary>No statement allows the request, so it is denied.</summary>
    NoAllow,

    Allowed,

    /// <summary>A statement denies the request, which overrides every allow.</summary>
    ExplicitDeny,
}

/// <summary>Whether a request is allowed, and which statement decided.</summary>
/// <param name="Policy">The policy of the deciding statement; null where none allows.</param>
/// <param name="Statement">The first deciding statement; null where none allows.</param>
public readonly record struct Decision(DecisionKind Kind, AttachedPolicy? Policy, PolicyStatement? Statement)
{
    public bool IsAllowed => Kind == DecisionKind.Allowed;
}
