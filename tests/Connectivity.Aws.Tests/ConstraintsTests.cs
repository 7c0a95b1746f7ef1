namespace Connectivity.Aws.Tests;

/// <summary>The message of AWS for violated constraints.</summary>
public sealed class ConstraintsTests
{
    private readonly Constraints _constraints = new();

    private AwsError Error => Should.Throw<AwsException>(_constraints.ThrowIfViolated).Error;

    [Fact]
    public void Throws_nothing_without_a_violation() => Should.NotThrow(_constraints.ThrowIfViolated);

    [Fact]
    public void Reports_one_violation_with_its_value_and_path()
    {
        _constraints.Violated("x", "a.b", "Member must be y");
        Error.Message.ShouldBe(
            "1 validation error detected: Value 'x' at 'a.b' failed to satisfy constraint: Member must be y");
    }

    [Fact]
    public void Counts_several_violations_and_reports_them_in_order()
    {
        _constraints.Violated("x", "a", "Member must be y");
        _constraints.Violated("z", "b", "Member must be w");
        Error.Message.ShouldBe(
            "2 validation errors detected: Value 'x' at 'a' failed to satisfy constraint: Member must be y; "
            + "Value 'z' at 'b' failed to satisfy constraint: Member must be w");
    }

    [Fact]
    public void Reports_a_missing_value_as_null_without_quotes()
    {
        _constraints.Violated(null, "a", "Member must not be null");
        Error.Message.ShouldBe(
            "1 validation error detected: Value null at 'a' failed to satisfy constraint: Member must not be null");
    }

    [Fact]
    public void Leaves_out_a_sensitive_value()
    {
        _constraints.ViolatedBySensitive("thingName", "Member must be short");
        Error.Message.ShouldBe(
            "1 validation error detected: Value at 'thingName' failed to satisfy constraint: Member must be short");
    }

    [Fact]
    public void Reports_a_violation_as_an_invalid_request()
    {
        _constraints.Violated("x", "a", "Member must be y");
        Error.Code.ShouldBe("InvalidRequestException");
        Error.Status.ShouldBe(400);
    }
}
