using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>
/// Reads the ARN of a resource. Sources: IAM User Guide, "IAM JSON policy elements: Resource" (no wildcard for the
/// service) and "Variables and tags" (variables after the fifth colon only).
/// </summary>
internal static class ResourceReader
{
    private const int ServicePart = 2;

    /// <summary>Null where there is an error.</summary>
    public static ArnPattern? Read(string text, string path, PolicyReading reading)
    {
        var tokens = reading.Text(text, path, wildcards: true, out var error);
        var parts = ArnPattern.Split(tokens);
        var pattern = ArnPattern.Of(tokens);
        error ??= (pattern, parts) switch
        {
            _ when parts.SkipLast(1).Any(part => part.Any(token => token.Kind == PatternTokenKind.Variable)) =>
                "A policy variable can be used in a resource only after the fifth colon of its ARN.",
            (null, _) =>
                "A resource must be an ARN of six parts, arn:partition:service:region:account:resource, or *, "
                + $"not {Quoted.Value(text)}.",
            _ when parts[ServicePart].Any(token => token.Kind != PatternTokenKind.Literal) =>
                "The service in a resource's ARN can't have wildcards.",
            _ => null,
        };
        if (error is null) return pattern;
        reading.Errors.Add(path, error);
        return null;
    }
}
