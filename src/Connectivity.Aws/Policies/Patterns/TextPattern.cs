namespace Connectivity.Aws.Policies.Patterns;

/// <summary>A text of a policy, ready to be held against texts of requests.</summary>
internal sealed class TextPattern
{
    private readonly Piece[] _pieces;
    private readonly bool _ignoreCase;
    private readonly bool _hasVariables;

    // Without variables the pattern is laid out once and for all: what stands before the first wildcard, and the rest.
    private readonly string _prefix;
    private readonly char[] _rest;
    private readonly PieceKind[] _restKinds;

    public TextPattern(Piece[] pieces, bool ignoreCase = false)
    {
        _pieces = pieces;
        _ignoreCase = ignoreCase;
        _hasVariables = pieces.Any(piece => piece.Kind == PieceKind.Variable);
        _prefix = pieces is [{ Kind: PieceKind.Literal }, ..] ? pieces[0].Text : "";
        var rest = pieces.AsSpan(_prefix.Length > 0 ? 1 : 0);
        _rest = new char[_hasVariables ? 0 : Length(rest, null)];
        _restKinds = new PieceKind[_rest.Length];
        if (!_hasVariables) LayOut(rest, null, _rest, _restKinds);
    }

    /// <summary>The text, where it is nothing but text.</summary>
    public string? Literal => _hasVariables || _rest.Length > 0 ? null : _prefix;

    public bool Matches(ReadOnlySpan<char> text, RequestContext context)
    {
        if (_hasVariables) return MatchesResolved(text, context);
        if (_rest.Length == 0) return Glob.Matches(_prefix, [], text, _ignoreCase);
        if (!text.StartsWith(_prefix, _ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)) return false;
        return _rest.Length == 1 && _restKinds[0] == PieceKind.AnyRun
            || Glob.Matches(_rest, _restKinds, text[_prefix.Length..], _ignoreCase);
    }

    private bool MatchesResolved(ReadOnlySpan<char> text, RequestContext context)
    {
        var length = Length(_pieces, context);
        if (length < 0) return false;
        var chars = length <= 256 ? stackalloc char[length] : new char[length];
        var kinds = length <= 256 ? stackalloc PieceKind[length] : new PieceKind[length];
        LayOut(_pieces, context, chars, kinds);
        return Glob.Matches(chars, kinds.ContainsAnyExcept(PieceKind.Literal) ? kinds : [], text, _ignoreCase);
    }

    /// <summary>The characters to lay out, or -1 where a variable has no value: such a text is like no other.</summary>
    private static int Length(ReadOnlySpan<Piece> pieces, RequestContext? context)
    {
        var length = 0;
        foreach (var piece in pieces)
        {
            if (piece.Kind is PieceKind.AnyOne or PieceKind.AnyRun) length++;
            else if (Text(piece, context) is { } text) length += text.Length;
            else return -1;
        }
        return length;
    }

    /// <summary>A wildcard in the value of a variable is laid out as the character it is, so that nobody's name is a pattern.</summary>
    private static void LayOut(ReadOnlySpan<Piece> pieces, RequestContext? context, Span<char> chars, Span<PieceKind> kinds)
    {
        var at = 0;
        foreach (var piece in pieces)
        {
            if (piece.Kind is PieceKind.AnyOne or PieceKind.AnyRun) kinds[at++] = piece.Kind;
            else
            {
                var text = Text(piece, context)!;
                text.CopyTo(chars[at..]);
                kinds.Slice(at, text.Length).Fill(PieceKind.Literal);
                at += text.Length;
            }
        }
    }

    private static string? Text(Piece piece, RequestContext? context) =>
        piece.Kind == PieceKind.Literal ? piece.Text : context?.Find(piece.Text).Single ?? piece.Default;
}
