using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>
/// Reads the ARN of a resource. Sources: IAM User Guide, "IAM JSON policy elements: Resource" (no wildcard for the service) and "Variables and
/// tags" (variables after the fifth colon only).
/// </summary>
internal static class ResourceReader
{
    private const int ServicePart = 2;

    /// <summary>Null where there is a fault.</summary>
    public static ArnPattern? Read(string text, string place, bool hasVariables, FaultList faults)
    {
        var pieces = PolicyText.Read(text, wildcards: true, hasVariables, out var fault);
        var parts = ArnPattern.Split(pieces);
        var pattern = ArnPattern.Of(pieces);
        fault ??= (pattern, parts) switch
        {
            _ when parts.SkipLast(1).Any(part => part.Any(piece => piece.Kind == PieceKind.Variable)) =>
                "A policy variable can stand in a resource only after the fifth colon of its ARN.",
            (null, _) => $"A resource must be an ARN of six parts, arn:partition:service:region:account:resource, or *, not {Shown.Value(text)}.",
            _ when parts[ServicePart].Any(piece => piece.Kind != PieceKind.Literal) =>
                "The service in a resource's ARN can't have wildcards.",
            _ => null,
        };
        if (fault is null) return pattern;
        faults.Add(place, fault);
        return null;
    }
}
