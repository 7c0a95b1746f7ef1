using Connectivity.Testing;

namespace Connectivity.LocalPostgres.Tests;

public sealed class PrerequisiteTests
{
    [Fact]
    public void what_is_missing_skips_a_test_at_home_and_fails_it_in_ci()
    {
        var thrown = Thrown(() => Prerequisite.Require(met: false, "The moon is not installed."));

        thrown.Message.ShouldContain("The moon is not installed.");
        var inCi = string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);
        thrown.Message.StartsWith("$XunitDynamicSkip$", StringComparison.Ordinal).ShouldBe(!inCi);
    }

    /// <summary>By hand: xunit's own Record lets a skip through.</summary>
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
