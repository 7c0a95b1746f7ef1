using Connectivity.Aws.Policies;
using Connectivity.Testing.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>Every rule of the language by an example; they are in Connectivity.Testing, where the benchmarks find them too.</summary>
public sealed class PolicyCaseTests
{
    public static TheoryData<string> Sentences => [.. PolicyCases.All.Select(each => $"{each.Feature}: {each.Sentence}")];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void The_case_is_decided_as_its_sentence_says(string sentence)
    {
        var example = PolicyCases.All.Single(each => $"{each.Feature}: {each.Sentence}" == sentence);
        var policies = example.Policies.Select(policy => Policy.Attached(policy.Name, policy.Json)).ToArray();
        var request = new AccessRequest(example.Action, example.Resource, Policy.Context(example.Context));

        var decision = PolicyEvaluation.Decide(policies, request);

        Policy.Told(decision).ShouldBe((example.Outcome, example.DecidedBy));
    }

    [Fact]
    public void There_are_as_many_cases_as_the_language_needs() => PolicyCases.All.Count.ShouldBeGreaterThanOrEqualTo(150);
}
