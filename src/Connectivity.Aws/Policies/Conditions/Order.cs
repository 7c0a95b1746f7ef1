namespace Connectivity.Aws.Policies.Conditions;

/// <summary>How the request's value must compare with the policy's.</summary>
internal enum Order
{
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

internal static class OrderRule
{
    /// <param name="comparison">Of the request's value with the policy's: negative, zero or positive.</param>
    public static bool Holds(this Order order, int comparison) => order switch
    {
        Order.Equal => comparison == 0,
        Order.Less => comparison < 0,
        Order.LessOrEqual => comparison <= 0,
        Order.Greater => comparison > 0,
        _ => comparison >= 0,
    };
}
