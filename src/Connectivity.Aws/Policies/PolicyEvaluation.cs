namespace Connectivity.Aws.Policies;

/// <summary>
/// Decides by the policies attached to one principal: an explicit deny overrides every allow, and a request that no
/// statement allows is denied. Source: IAM User Guide, "Policy evaluation logic", identity-based policies within a
/// single account.
/// </summary>
public static class PolicyEvaluation
{
    /// <param name="policies">Their order only determines which of several deciding statements is returned.</param>
    public static Decision Decide(IReadOnlyList<AttachedPolicy> policies, AccessRequest request)
    {
        var decision = default(Decision);
        for (var i = 0; i < policies.Count; i++)
        {
            var policy = policies[i];
            foreach (var statement in policy.Document.Compiled)
            {
                if (statement.Effect == PolicyEffect.Allow && decision.IsAllowed) continue;
                if (!statement.Matches(request)) continue;
                if (statement.Effect == PolicyEffect.Deny)
                    return new Decision(DecisionKind.ExplicitDeny, policy, statement);
                decision = new Decision(DecisionKind.Allowed, policy, statement);
            }
        }
        return decision;
    }

    /// <summary>
    /// Whether a statement allows the action, whatever its resources and conditions are. If not, every request with
    /// the action is denied.
    /// </summary>
    public static bool AllowsSomewhere(IReadOnlyList<AttachedPolicy> policies, string action) =>
        policies.Any(policy => policy.Document.Compiled.Any(
            statement => statement.Effect == PolicyEffect.Allow && statement.Actions.Contains(action)));
}
