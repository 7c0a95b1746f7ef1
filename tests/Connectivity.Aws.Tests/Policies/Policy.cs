using Connectivity.Aws.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>Policies and requests for tests, and decisions as text.</summary>
internal static class Policy
{
    public static AttachedPolicy Attached(string name, string json)
    {
        PolicyDocument.TryParse(json, out var document, out var errors);
        errors.ShouldBeEmpty(json);
        return new AttachedPolicy(name, document.ShouldNotBeNull());
    }

    /// <summary>
    /// The errors of a text, as path and sentence; asserts that there is a document exactly where there is no error.
    /// </summary>
    public static string[] Validate(string json)
    {
        PolicyDocument.TryParse(json, out var document, out var errors).ShouldBe(errors.Count == 0);
        (document is null).ShouldBe(errors.Count > 0);
        return [.. errors.Select(error => error.ToString())];
    }

    public static RequestContext Context(IEnumerable<(string Key, IReadOnlyList<string> Values)> keys)
    {
        var context = new RequestContext();
        foreach (var (key, values) in keys)
            if (values is [var only]) context.Set(key, only);
            else context.Set(key, values);
        return context;
    }

    /// <summary>
    /// <c>allowed</c>, <c>no allow</c> or <c>denied</c>, and the deciding statement as <c>policy/statement</c>.
    /// </summary>
    public static (string Outcome, string? DecidedBy) Describe(Decision decision) => (
        decision.Kind switch
        {
            DecisionKind.Allowed => "allowed",
            DecisionKind.ExplicitDeny => "denied",
            _ => "no allow",
        },
        decision.Policy is null ? null : $"{decision.Policy.Name}/{decision.Statement!.Name}");
}
