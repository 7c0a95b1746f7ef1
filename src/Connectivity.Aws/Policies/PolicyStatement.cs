using Connectivity.Aws.Policies.Conditions;
using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies;

/// <summary>
/// One statement of a policy, compiled. It matches a request whose action and resource it names and all of whose
/// conditions are met. Source: IAM User Guide, "IAM JSON policy elements: Statement".
/// </summary>
public sealed class PolicyStatement
{
    /// <summary>The author's name for it, or null.</summary>
    public string? Sid { get; internal init; }

    /// <summary>Its position in the document, from 0.</summary>
    public int Index { get; internal init; }

    public PolicyEffect Effect { get; internal init; }

    /// <summary>The Sid, or without one the statement's number in the document, from 1.</summary>
    public string Name => Sid ?? (Index + 1).ToString();

    internal ActionSet Actions { get; init; } = null!;

    internal ResourceSet Resources { get; init; } = null!;

    internal Condition[] Conditions { get; init; } = [];

    internal bool Matches(AccessRequest request)
    {
        if (!Actions.Contains(request.Action) || !Resources.Contains(request.Resource, request.Context)) return false;
        foreach (var condition in Conditions)
            if (!condition.IsMet(request.Context)) return false;
        return true;
    }
}
