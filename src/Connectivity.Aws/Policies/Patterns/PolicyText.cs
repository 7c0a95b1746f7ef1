using System.Text;

namespace Connectivity.Aws.Policies.Patterns;

/// <summary>
/// Splits a text of a policy into literal text, wildcards and variables. Sources: IAM User Guide, "IAM policy elements:
/// Variables and tags", special characters and default values; "Access Analyzer policy check reference", the errors of
/// variables.
/// </summary>
internal static class PolicyText
{
    /// <param name="wildcards">Whether * and ? are wildcards here, or text.</param>
    /// <param name="variables">
    /// Whether <c>${…}</c> is a variable here, or text, as it is before version 2012-10-17.
    /// </param>
    /// <param name="error">A sentence about a malformed variable, or null.</param>
    public static PatternToken[] Read(string text, bool wildcards, bool variables, out string? error)
    {
        error = null;
        var tokens = new List<PatternToken>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (variables && text[i] == '$' && i + 1 < text.Length && text[i + 1] == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0)
                {
                    error = "A policy variable must end with a closing brace.";
                    return [];
                }
                var inside = text[(i + 2)..end];
                if (inside is "*" or "?" or "$") literal.Append(inside);
                else Add(PolicyVariable.Read(inside, out error));
                if (error is not null) return [];
                i = end;
            }
            else if (wildcards && text[i] == '*') Add(new PatternToken(PatternTokenKind.AnyRun, ""));
            else if (wildcards && text[i] == '?') Add(new PatternToken(PatternTokenKind.AnyOne, ""));
            else literal.Append(text[i]);
        }
        if (literal.Length > 0) tokens.Add(new PatternToken(PatternTokenKind.Literal, literal.ToString()));
        return [.. tokens];

        void Add(PatternToken token)
        {
            if (literal.Length > 0) tokens.Add(new PatternToken(PatternTokenKind.Literal, literal.ToString()));
            literal.Clear();
            tokens.Add(token);
        }
    }
}
