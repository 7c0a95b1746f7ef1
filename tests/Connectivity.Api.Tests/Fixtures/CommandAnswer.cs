namespace Connectivity.Api.Tests.Fixtures;

/// <summary>What became of a command that a user typed.</summary>
public sealed record CommandAnswer(int ExitCode, string Output, string Errors)
{
    /// <summary>What it answered: all of the standard output.</summary>
    public string ShouldSucceed()
    {
        ExitCode.ShouldBe(0, Errors);
        return Output;
    }

    /// <summary>The reason is on the standard error, in words, and nothing is answered.</summary>
    public void ShouldFail(params string[] reasons)
    {
        ExitCode.ShouldBe(1, Output + Errors);
        Output.Trim().ShouldBeEmpty();
        foreach (var reason in reasons) Errors.ShouldContain(reason);
        Errors.ShouldNotContain("   at ", Case.Sensitive, "no stack trace");
    }
}
