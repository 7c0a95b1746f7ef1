namespace Connectivity.Aws.Policies.Patterns;

/// <summary>A text of a policy, compiled for matching texts of requests.</summary>
internal sealed class TextPattern
{
    private readonly PatternToken[] _tokens;
    private readonly bool _ignoreCase;
    private readonly bool _hasVariables;

    // A pattern without variables is expanded once: the text before the first wildcard, and the rest.
    private readonly string _prefix;
    private readonly char[] _rest;
    private readonly PatternTokenKind[] _restKinds;

    public TextPattern(PatternToken[] tokens, bool ignoreCase = false)
    {
        _tokens = tokens;
        _ignoreCase = ignoreCase;
        _hasVariables = tokens.Any(token => token.Kind == PatternTokenKind.Variable);
        _prefix = tokens is [{ Kind: PatternTokenKind.Literal }, ..] ? tokens[0].Text : "";
        var rest = tokens.AsSpan(_prefix.Length > 0 ? 1 : 0);
        _rest = new char[_hasVariables ? 0 : Length(rest, null)];
        _restKinds = new PatternTokenKind[_rest.Length];
        if (!_hasVariables) Expand(rest, null, _rest, _restKinds);
    }

    /// <summary>The whole text where it has no wildcard and no variable, else null.</summary>
    public string? Literal => _hasVariables || _rest.Length > 0 ? null : _prefix;

    public bool Matches(ReadOnlySpan<char> text, RequestContext context)
    {
        if (_hasVariables) return MatchesResolved(text, context);
        if (_rest.Length == 0) return Glob.Matches(_prefix, [], text, _ignoreCase);
        var comparison = _ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        if (!text.StartsWith(_prefix, comparison)) return false;
        return _rest.Length == 1 && _restKinds[0] == PatternTokenKind.AnyRun
            || Glob.Matches(_rest, _restKinds, text[_prefix.Length..], _ignoreCase);
    }

    private bool MatchesResolved(ReadOnlySpan<char> text, RequestContext context)
    {
        var length = Length(_tokens, context);
        if (length < 0) return false;
        var chars = length <= 256 ? stackalloc char[length] : new char[length];
        var kinds = length <= 256 ? stackalloc PatternTokenKind[length] : new PatternTokenKind[length];
        Expand(_tokens, context, chars, kinds);
        return Glob.Matches(chars, kinds.ContainsAnyExcept(PatternTokenKind.Literal) ? kinds : [], text, _ignoreCase);
    }

    /// <summary>
    /// The number of characters once expanded, or -1 where a variable has no value: such a pattern matches nothing.
    /// </summary>
    private static int Length(ReadOnlySpan<PatternToken> tokens, RequestContext? context)
    {
        var length = 0;
        foreach (var token in tokens)
        {
            if (token.Kind is PatternTokenKind.AnyOne or PatternTokenKind.AnyRun) length++;
            else if (Text(token, context) is { } text) length += text.Length;
            else return -1;
        }
        return length;
    }

    /// <summary>
    /// A wildcard character in the value of a variable is literal, so that a user name can't act as a pattern.
    /// </summary>
    private static void Expand(
        ReadOnlySpan<PatternToken> tokens, RequestContext? context, Span<char> chars, Span<PatternTokenKind> kinds)
    {
        var at = 0;
        foreach (var token in tokens)
        {
            if (token.Kind is PatternTokenKind.AnyOne or PatternTokenKind.AnyRun) kinds[at++] = token.Kind;
            else
            {
                var text = Text(token, context)!;
                text.CopyTo(chars[at..]);
                kinds.Slice(at, text.Length).Fill(PatternTokenKind.Literal);
                at += text.Length;
            }
        }
    }

    private static string? Text(PatternToken token, RequestContext? context) =>
        token.Kind == PatternTokenKind.Literal ? token.Text : context?.Find(token.Text).Single ?? token.Default;
}
