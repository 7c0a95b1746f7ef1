namespace Connectivity.Aws.Policies;

/// <summary>
/// A denial with AWS's message. Source: IAM User Guide, "Troubleshoot access denied error messages". Unlike AWS, the
/// message names the denying policy and statement.
/// </summary>
public static class AccessDenial
{
    /// <summary>The error to return, or null where the request is allowed.</summary>
    /// <param name="principalArn">
    /// The principal of the request, such as <c>arn:aws:iam::123456789012:user/ann</c>.
    /// </param>
    public static AwsError? Of(Decision decision, string principalArn, AccessRequest request)
    {
        if (decision.IsAllowed) return null;
        var because = decision.Kind == DecisionKind.ExplicitDeny
            ? "with an explicit deny in an identity-based policy: "
                + $"{decision.Policy?.Name}, statement {decision.Statement?.Name}"
            : $"because no identity-based policy allows the {request.Action} action";
        return AwsError.AccessDenied(
            $"User: {principalArn} is not authorized to perform: {request.Action} "
            + $"on resource: {request.Resource} {because}");
    }
}
