using Connectivity.Aws.Policies.Conditions;
using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies.Reading;

/// <summary>What the readers of one policy share: its version, its errors, and its uses of condition keys.</summary>
/// <param name="hasVariables">Whether <c>${…}</c> is a variable in this version of the language, or text.</param>
internal sealed class PolicyReading(bool hasVariables, PolicyErrors errors)
{
    private readonly List<ConditionKeyUse> _keys = [];

    public bool HasVariables => hasVariables;

    public PolicyErrors Errors => errors;

    public ConditionKeyUse[] Keys => [.. _keys];

    public void AddKey(string key, string path, ConditionOperator @operator) =>
        _keys.Add(new ConditionKeyUse(path, key, @operator.IsNull || @operator.Set != SetOperator.None));

    /// <summary>Splits a text in which variables are allowed.</summary>
    /// <param name="error">A sentence about a malformed variable, or null.</param>
    public PatternToken[] Text(string text, string path, bool wildcards, out string? error)
    {
        var tokens = PolicyText.Read(text, wildcards, hasVariables, out error);
        foreach (var token in tokens)
            if (token.Kind == PatternTokenKind.Variable) _keys.Add(new ConditionKeyUse(path, token.Text, false));
        return tokens;
    }
}
