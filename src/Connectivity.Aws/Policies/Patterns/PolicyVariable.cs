using Connectivity.Aws.Policies.Conditions;
using Connectivity.Aws.Policies.Reading;

namespace Connectivity.Aws.Policies.Patterns;

/// <summary>
/// Reads the text between the braces of a policy variable: a condition key, and after a comma its default in single
/// quotes. Source: IAM User Guide, "IAM policy elements: Variables and tags".
/// </summary>
internal static class PolicyVariable
{
    public static PatternToken Read(string inside, out string? error)
    {
        var comma = inside.IndexOf(',');
        var key = comma < 0 ? inside : inside[..comma];
        error = key switch
        {
            "" => "A policy variable must name a condition key.",
            _ when key.Contains(' ') => "A policy variable can't have a space in its key.",
            _ when key.AsSpan().ContainsAny("{$'*?") || !ConditionKey.IsWellFormed(key) =>
                $"A policy variable must name a condition key, such as aws:username, not {Quoted.Value(key)}.",
            _ => null,
        };
        if (comma < 0 || error is not null) return new PatternToken(PatternTokenKind.Variable, key);

        var quoted = inside[(comma + 1)..].TrimStart(' ');
        var isQuoted = quoted is ['\'', .., '\''] && !quoted.AsSpan(1, quoted.Length - 2).Contains('\'');
        if (!isQuoted) error = "The default of a policy variable must be in single quotes.";
        return new PatternToken(PatternTokenKind.Variable, key, isQuoted ? quoted[1..^1] : null);
    }
}
