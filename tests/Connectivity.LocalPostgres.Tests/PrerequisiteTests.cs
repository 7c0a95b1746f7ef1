using Connectivity.Testing;

namespace Connectivity.LocalPostgres.Tests;

public sealed class PrerequisiteTests
{
    [Fact]
    public void A_missing_prerequisite_skips_a_test_locally_and_fails_it_in_CI()
    {
        var thrown = Thrown(() => Prerequisite.Require(met: false, "The program is not installed."));

        thrown.Message.ShouldContain("The program is not installed.");
        var inCi = string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);
        thrown.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal).ShouldBe(!inCi);
    }

    /// <summary>xunit's own Record does not catch a skip.</summary>
    private static Exception Thrown(Action action)
    {
        try
        {
            action();
        }
        catch (Exception thrown)
        {
            return thrown;
        }

        throw new InvalidOperationException("Nothing was thrown.");
    }
}
