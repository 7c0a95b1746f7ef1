namespace Connectivity.Aws.Policies.Conditions;

/// <summary>
/// One key of a condition block, with its operator and its values. Sources: IAM User Guide, "IAM JSON policy elements:
/// Condition operators", "Conditions with multiple context keys or values" and "Single-valued vs. multivalued context
/// keys".
/// </summary>
internal sealed class Condition(string key, ConditionOperator @operator, ConditionValue[] values)
{
    public bool IsMet(RequestContext context)
    {
        var found = context.Find(key);
        if (@operator.IsNull) return Meets(found.Count == 0 ? "true" : "false", context);

        var isMissing = @operator.Set == SetOperator.None ? found.Count == 0 : found.AreEmpty;
        if (isMissing && @operator.IfExists) return true;
        return @operator.Set switch
        {
            SetOperator.ForAnyValue => !isMissing && AnyMeets(found, context),
            SetOperator.ForAllValues => isMissing || AllMeet(found, context),
            _ when isMissing => @operator.IsNegated,
            // A key with several values can't be compared without a set operator, negated or not.
            _ => found.Single is { } value && Meets(value, context),
        };
    }

    private bool AnyMeets(ContextValues found, RequestContext context)
    {
        for (var i = 0; i < found.Count; i++)
            if (Meets(found[i], context)) return true;
        return false;
    }

    private bool AllMeet(ContextValues found, RequestContext context)
    {
        for (var i = 0; i < found.Count; i++)
            if (!Meets(found[i], context)) return false;
        return true;
    }

    /// <summary>
    /// Whether the value matches one of the condition's values or, for a negated operator, none of them.
    /// </summary>
    private bool Meets(string found, RequestContext context)
    {
        foreach (var value in values)
            if (value.Matches(found, context)) return !@operator.IsNegated;
        return @operator.IsNegated;
    }
}
