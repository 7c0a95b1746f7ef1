namespace Connectivity.Aws.Policies.Patterns;

/// <summary>
/// Matches text against characters and wildcards, in time no worse than the product of both lengths and without
/// recursion.
/// </summary>
internal static class Glob
{
    /// <param name="pattern">Literal characters; a character at a wildcard's position is ignored.</param>
    /// <param name="kinds">The kind of each position of the pattern; empty where all are literal.</param>
    public static bool Matches(
        ReadOnlySpan<char> pattern, ReadOnlySpan<PatternTokenKind> kinds, ReadOnlySpan<char> text, bool ignoreCase)
    {
        if (kinds.IsEmpty)
            return ignoreCase ? pattern.Equals(text, StringComparison.OrdinalIgnoreCase) : pattern.SequenceEqual(text);

        int p = 0, t = 0, lastRun = -1, resumeAt = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && kinds[p] == PatternTokenKind.AnyRun)
            {
                lastRun = p++;
                resumeAt = t;
            }
            else if (p < pattern.Length
                && (kinds[p] == PatternTokenKind.AnyOne || Same(pattern[p], text[t], ignoreCase)))
            {
                p++;
                t++;
            }
            else if (lastRun >= 0)
            {
                // Backtracking to the last run suffices: it can match whatever an earlier one could.
                p = lastRun + 1;
                t = ++resumeAt;
            }
            else return false;
        }
        while (p < pattern.Length && kinds[p] == PatternTokenKind.AnyRun) p++;
        return p == pattern.Length;
    }

    private static bool Same(char a, char b, bool ignoreCase) =>
        a == b || (ignoreCase && char.ToUpperInvariant(a) == char.ToUpperInvariant(b));
}
