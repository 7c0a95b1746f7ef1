namespace Connectivity.Aws.Policies.Patterns;

/// <summary>
/// The resources of a statement: those named, or with NotResource all others. Case matters. A resource with a variable
/// that has no value matches nothing; in NotResource, it excludes nothing. Source: IAM User Guide, "IAM JSON policy
/// elements: Resource" and "NotResource"; "Variables and tags", policy variables with no value.
/// </summary>
/// <param name="any">Whether <c>*</c> is among those named.</param>
internal sealed class ResourceSet(bool any, ArnPattern[] patterns, bool allOthers)
{
    public bool Contains(string resource, RequestContext context)
    {
        if (any) return !allOthers;
        foreach (var pattern in patterns)
            if (pattern.Matches(resource, context)) return !allOthers;
        return allOthers;
    }
}
