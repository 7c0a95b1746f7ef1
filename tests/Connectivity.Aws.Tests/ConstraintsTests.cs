namespace Connectivity.Aws.Tests;

/// <summary>The words in which AWS tells broken constraints.</summary>
public sealed class ConstraintsTests
{
    private readonly Constraints _constraints = new();

    private AwsError Error => Should.Throw<AwsException>(_constraints.ThrowIfViolated).Error;

    [Fact]
    public void Nothing_is_thrown_where_nothing_is_violated() => Should.NotThrow(_constraints.ThrowIfViolated);

    [Fact]
    public void One_violation_is_told_with_its_value_and_path()
    {
        _constraints.Violated("x", "a.b", "Member must be y");
        Error.Message.ShouldBe("1 validation error detected: Value 'x' at 'a.b' failed to satisfy constraint: Member must be y");
    }

    [Fact]
    public void Several_violations_are_counted_and_told_in_order()
    {
        _constraints.Violated("x", "a", "Member must be y");
        _constraints.Violated("z", "b", "Member must be w");
        Error.Message.ShouldBe(
            "2 validation errors detected: Value 'x' at 'a' failed to satisfy constraint: Member must be y; "
            + "Value 'z' at 'b' failed to satisfy constraint: Member must be w");
    }

    [Fact]
    public void A_missing_value_is_told_as_null_without_quotes()
    {
        _constraints.Violated(null, "a", "Member must not be null");
        Error.Message.ShouldBe("1 validation error detected: Value null at 'a' failed to satisfy constraint: Member must not be null");
    }

    [Fact]
    public void A_sensitive_value_is_not_told_back()
    {
        _constraints.ViolatedBySensitive("thingName", "Member must be short");
        Error.Message.ShouldBe("1 validation error detected: Value at 'thingName' failed to satisfy constraint: Member must be short");
    }

    [Fact]
    public void A_violation_is_an_invalid_request()
    {
        _constraints.Violated("x", "a", "Member must be y");
        Error.Code.ShouldBe("InvalidRequestException");
        Error.Status.ShouldBe(400);
    }
}
