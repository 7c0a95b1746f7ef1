namespace Connectivity.Aws.Policies.Patterns;

/// <summary>
/// An ARN of a policy, compared part by part: its six parts are separated by its first five colons, so that a wildcard
/// matches colons in the last part only. Source: IAM User Guide, "Identify AWS resources with Amazon Resource Names"
/// and "IAM JSON policy elements: Condition operators", Amazon Resource Name condition operators.
/// </summary>
internal sealed class ArnPattern
{
    private const int Parts = 6;
    private readonly TextPattern[] _parts;

    // The first five parts where all are literal, as in most policies: they are compared at once.
    private readonly string? _head;

    private ArnPattern(TextPattern[] parts)
    {
        _parts = parts;
        if (parts.SkipLast(1).All(part => part.Literal is not null))
            _head = string.Concat(parts.SkipLast(1).Select(part => part.Literal + ":"));
    }

    /// <summary>The pattern of six parts, or null where the tokens are not an ARN.</summary>
    public static ArnPattern? Of(PatternToken[] tokens)
    {
        var parts = Split(tokens);
        return parts.Count == Parts && parts[0] is [{ Kind: PatternTokenKind.Literal, Text: "arn" }]
            ? new ArnPattern([.. parts.Select(part => new TextPattern([.. part]))])
            : null;
    }

    /// <summary>Colons in a variable do not separate parts.</summary>
    public static List<List<PatternToken>> Split(PatternToken[] tokens)
    {
        var parts = new List<List<PatternToken>> { new() };
        foreach (var token in tokens)
        {
            var isLiteral = token.Kind == PatternTokenKind.Literal;
            var texts = isLiteral ? token.Text.Split(':', Parts - parts.Count + 1) : [token.Text];
            for (var i = 0; i < texts.Length; i++)
            {
                if (i > 0) parts.Add([]);
                if (!isLiteral || texts[i].Length > 0) parts[^1].Add(token with { Text = texts[i] });
            }
        }
        return parts;
    }

    /// <summary>False for text that is not an ARN.</summary>
    public bool Matches(ReadOnlySpan<char> arn, RequestContext context)
    {
        if (_head is not null) return arn.StartsWith(_head) && _parts[^1].Matches(arn[_head.Length..], context);
        foreach (var part in _parts.AsSpan(0, Parts - 1))
        {
            var colon = arn.IndexOf(':');
            if (colon < 0 || !part.Matches(arn[..colon], context)) return false;
            arn = arn[(colon + 1)..];
        }
        return _parts[^1].Matches(arn, context);
    }
}
