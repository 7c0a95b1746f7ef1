namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The result of a command that a user typed.</summary>
public sealed record CommandAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>Returns the whole standard output.</summary>
    public string ShouldSucceed()
    {
        ExitCode.ShouldBe(0, Errors);
        return Output;
    }

    /// <summary>
    /// The standard error contains the reasons, without a stack trace, and the standard output is empty.
    /// </summary>
    public void ShouldFail(params string[] reasons)
    {
        ExitCode.ShouldBe(1, Output + Errors);
        Output.Trim().ShouldBeEmpty();
        foreach (var reason in reasons) Errors.ShouldContain(reason);
        Errors.ShouldNotContain("   at ", Case.Sensitive, "no stack trace");
    }
}
