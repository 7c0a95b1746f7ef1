using Connectivity.Aws.Policies.Conditions;
using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>
/// Reads a value in the form that its operator requires. Source: IAM User Guide, "IAM JSON policy elements: Condition
/// operators".
/// </summary>
internal static class ConditionValueReader
{
    /// <summary>Null with an error where the value does not have the operator's form.</summary>
    public static ConditionValue? Read(
        string text, string path, ConditionOperator @operator, PolicyReading reading, out string? error)
    {
        error = null;
        if (reading.HasVariables && !@operator.TakesVariables && text.Contains("${"))
        {
            error = $"A policy variable can't be used in a value of {@operator.Name}.";
            return null;
        }
        var tokens = @operator.TakesVariables || @operator.IsNull
            ? reading.Text(text, path, @operator.TakesWildcards, out error)
            : [];
        if (error is not null) return null;
        var value = Compile(text, tokens, @operator);
        if (value is null)
            error = $"A value of {@operator.Name} must be {Form(@operator.Kind)}, not {Quoted.Value(text)}.";
        return value;
    }

    private static ConditionValue? Compile(string text, PatternToken[] tokens, ConditionOperator @operator) =>
        @operator.Kind switch
        {
            ComparisonKind.StringEquals or ComparisonKind.StringLike => new TextValue(new TextPattern(tokens)),
            ComparisonKind.StringEqualsIgnoreCase => new TextValue(new TextPattern(tokens, ignoreCase: true)),
            ComparisonKind.Numeric =>
                NumberForm.TryRead(text, out var number) ? new NumberValue(number, @operator.Order) : null,
            ComparisonKind.Date => !DateForm.IsAmbiguous(text) && DateForm.TryRead(text, out var date)
                ? new DateValue(date, @operator.Order)
                : null,
            ComparisonKind.Binary => BinaryForm.TryRead(text, out var bytes) ? new BinaryValue(bytes) : null,
            ComparisonKind.IpAddress => AddressRange.Of(text) is { } range ? new AddressValue(range) : null,
            ComparisonKind.Arn when tokens is [{ Kind: PatternTokenKind.Variable }, ..] =>
                new VariableArnValue(new TextPattern(tokens)),
            ComparisonKind.Arn => ArnPattern.Of(tokens) is { } arn ? new ArnValue(arn) : null,
            _ => BoolForm.IsBool(text) || tokens.Any(token => token.Kind == PatternTokenKind.Variable)
                ? new BoolValue(new TextPattern(tokens, ignoreCase: true))
                : null,
        };

    private static string Form(ComparisonKind kind) => kind switch
    {
        ComparisonKind.Numeric => "a number",
        ComparisonKind.Date => "a date such as 2026-01-31 or 2026-01-31T12:00:00Z, or seconds since 1970",
        ComparisonKind.Binary => "base64",
        ComparisonKind.IpAddress => "an IP address or a range such as 203.0.113.0/24",
        ComparisonKind.Arn => "an ARN of six parts",
        _ => "true or false",
    };
}
