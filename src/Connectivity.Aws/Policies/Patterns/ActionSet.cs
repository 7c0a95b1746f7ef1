namespace Connectivity.Aws.Policies.Patterns;

/// <summary>
/// The actions of a statement: those named, or with NotAction all others. Case is ignored. Source: IAM User Guide, "IAM
/// JSON policy elements: Action" and "NotAction".
/// </summary>
internal sealed class ActionSet(TextPattern[] patterns, bool allOthers)
{
    // Actions have no variables, so the context is never read.
    private static readonly RequestContext None = new();

    public bool Contains(string action)
    {
        foreach (var pattern in patterns)
            if (pattern.Matches(action, None)) return !allOthers;
        return allOthers;
    }
}
