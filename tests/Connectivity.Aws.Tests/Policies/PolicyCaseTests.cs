using Connectivity.Aws.Policies;
using Connectivity.Testing.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>
/// An example for every rule of the policy language. They are in Connectivity.Testing, for the benchmarks too.
/// </summary>
public sealed class PolicyCaseTests
{
    public static TheoryData<string> Sentences =>
        [.. PolicyCases.All.Select(each => $"{each.Feature}: {each.Sentence}")];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Each_example_of_a_policy_is_decided_as_stated(string sentence)
    {
        var example = PolicyCases.All.Single(each => $"{each.Feature}: {each.Sentence}" == sentence);
        var policies = example.Policies.Select(policy => Policy.Attached(policy.Name, policy.Json)).ToArray();
        var request = new AccessRequest(example.Action, example.Resource, Policy.Context(example.Context));

        var decision = PolicyEvaluation.Decide(policies, request);

        Policy.Describe(decision).ShouldBe((example.Outcome, example.DecidedBy));
    }

    [Fact]
    public void There_are_at_least_150_examples_of_policies() =>
        PolicyCases.All.Count.ShouldBeGreaterThanOrEqualTo(150);
}
