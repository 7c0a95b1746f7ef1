using System.Diagnostics.CodeAnalysis;

namespace Connectivity.Aws.Policies.Conditions;

internal enum SetOperator
{
    None,
    ForAnyValue,
    ForAllValues,
}

/// <summary>How the values of a condition are written and compared.</summary>
internal enum ComparisonKind
{
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric,
    Date,
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

/// <summary>
/// A condition operator by its name, such as <c>ForAnyValue:StringNotLikeIfExists</c>. Names are case-sensitive.
/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
/// </summary>
/// <param name="Name">Without set operator and IfExists.</param>
/// <param name="IsNegated">Whether it is the negation of <paramref name="Kind"/> and <paramref name="Order"/>.</param>
internal sealed record ConditionOperator(
    string Name, ComparisonKind Kind, Order Order, bool IsNegated, SetOperator Set = SetOperator.None,
    bool IfExists = false)
{
    private const string IfExistsSuffix = "IfExists";

    private static readonly Dictionary<string, ConditionOperator> Known = new ConditionOperator[]
    {
        new("StringEquals", ComparisonKind.StringEquals, Order.Equal, false),
        new("StringNotEquals", ComparisonKind.StringEquals, Order.Equal, true),
        new("StringEqualsIgnoreCase", ComparisonKind.StringEqualsIgnoreCase, Order.Equal, false),
        new("StringNotEqualsIgnoreCase", ComparisonKind.StringEqualsIgnoreCase, Order.Equal, true),
        new("StringLike", ComparisonKind.StringLike, Order.Equal, false),
        new("StringNotLike", ComparisonKind.StringLike, Order.Equal, true),
        new("NumericEquals", ComparisonKind.Numeric, Order.Equal, false),
        new("NumericNotEquals", ComparisonKind.Numeric, Order.Equal, true),
        new("NumericLessThan", ComparisonKind.Numeric, Order.Less, false),
        new("NumericLessThanEquals", ComparisonKind.Numeric, Order.LessOrEqual, false),
        new("NumericGreaterThan", ComparisonKind.Numeric, Order.Greater, false),
        new("NumericGreaterThanEquals", ComparisonKind.Numeric, Order.GreaterOrEqual, false),
        new("DateEquals", ComparisonKind.Date, Order.Equal, false),
        new("DateNotEquals", ComparisonKind.Date, Order.Equal, true),
        new("DateLessThan", ComparisonKind.Date, Order.Less, false),
        new("DateLessThanEquals", ComparisonKind.Date, Order.LessOrEqual, false),
        new("DateGreaterThan", ComparisonKind.Date, Order.Greater, false),
        new("DateGreaterThanEquals", ComparisonKind.Date, Order.GreaterOrEqual, false),
        new("Bool", ComparisonKind.Bool, Order.Equal, false),
        new("BinaryEquals", ComparisonKind.Binary, Order.Equal, false),
        new("IpAddress", ComparisonKind.IpAddress, Order.Equal, false),
        new("NotIpAddress", ComparisonKind.IpAddress, Order.Equal, true),
        new("ArnEquals", ComparisonKind.Arn, Order.Equal, false),
        new("ArnLike", ComparisonKind.Arn, Order.Equal, false),
        new("ArnNotEquals", ComparisonKind.Arn, Order.Equal, true),
        new("ArnNotLike", ComparisonKind.Arn, Order.Equal, true),
        new("Null", ComparisonKind.Null, Order.Equal, false),
    }.ToDictionary(known => known.Name, StringComparer.Ordinal);

    public bool IsNull => Kind == ComparisonKind.Null;

    /// <summary>
    /// Source: IAM User Guide, "IAM policy elements: Variables and tags", and for Bool "IAM JSON policy elements:
    /// Condition operators".
    /// </summary>
    public bool TakesVariables => Kind is ComparisonKind.StringEquals or ComparisonKind.StringEqualsIgnoreCase
        or ComparisonKind.StringLike or ComparisonKind.Arn or ComparisonKind.Bool;

    public bool TakesWildcards => Kind is ComparisonKind.StringLike or ComparisonKind.Arn;

    public static bool TryRead(string name, [NotNullWhen(true)] out ConditionOperator? read)
    {
        var colon = name.IndexOf(':');
        var set = colon < 0 ? SetOperator.None : name[..colon] switch
        {
            nameof(SetOperator.ForAnyValue) => SetOperator.ForAnyValue,
            nameof(SetOperator.ForAllValues) => SetOperator.ForAllValues,
            _ => (SetOperator?)null,
        };
        var ifExists = name.EndsWith(IfExistsSuffix, StringComparison.Ordinal);
        var plain = (ifExists ? name[..^IfExistsSuffix.Length] : name)[(colon + 1)..];
        read = set is not null && Known.TryGetValue(plain, out var known)
            ? known with { Set = set.Value, IfExists = ifExists }
            : null;
        return read is not null;
    }
}
