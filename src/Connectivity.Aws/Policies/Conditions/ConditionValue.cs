using Connectivity.Aws.Policies.Patterns;

namespace Connectivity.Aws.Policies.Conditions;

/// <summary>
/// One value of a condition, compiled. The condition applies negation: here, a request's value that can't be read, or a
/// variable without a value, matches nothing.
/// </summary>
internal abstract class ConditionValue
{
    public abstract bool Matches(string found, RequestContext context);
}

internal sealed class TextValue(TextPattern pattern) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) => pattern.Matches(found, context);
}

internal sealed class ArnValue(ArnPattern pattern) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) => pattern.Matches(found, context);
}

/// <summary>
/// An ARN that begins with a variable. Its parts are known only with the request, so it is compared as a whole.
/// </summary>
internal sealed class VariableArnValue(TextPattern pattern) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) =>
        ArnForm.IsArn(found) && pattern.Matches(found, context);
}

internal sealed class NumberValue(decimal value, Order order) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) =>
        NumberForm.TryRead(found, out var number) && order.Holds(number.CompareTo(value));
}

internal sealed class DateValue(long value, Order order) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) =>
        DateForm.TryRead(found, out var date) && order.Holds(date.CompareTo(value));
}

internal sealed class BoolValue(TextPattern pattern) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) =>
        BoolForm.IsBool(found) && pattern.Matches(found, context);
}

internal sealed class BinaryValue(byte[] value) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) =>
        BinaryForm.TryRead(found, out var bytes) && bytes.AsSpan().SequenceEqual(value);
}

internal sealed class AddressValue(AddressRange range) : ConditionValue
{
    public override bool Matches(string found, RequestContext context) =>
        AddressForm.TryRead(found, out var address) && range.Contains(address);
}
