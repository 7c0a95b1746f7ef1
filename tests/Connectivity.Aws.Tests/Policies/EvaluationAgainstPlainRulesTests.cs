using Connectivity.Aws.Policies;
using Connectivity.Testing;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>The evaluator against the rules written plainly, for generated policies and requests. A failure names its seed.</summary>
[Trait("kind", "fuzz")]
public sealed class EvaluationAgainstPlainRulesTests
{
    [Fact]
    public void Every_decision_and_what_decides_it_is_that_of_the_plain_rules()
    {
        var outcomes = Fuzz.Run(
            "policies of the grammar and a request, beside the plain rules",
            AnyPolicy.Cases,
            generated =>
            {
                var policies = generated.Policies.Select(policy => Policy.Attached(policy.Name, policy.Json)).ToArray();
                var context = Policy.Context(generated.Context.Select(key => (key.Key, (IReadOnlyList<string>)key.Values)));
                var plain = new PlainEvaluation(
                    generated.Context.ToDictionary(key => key.Key.ToLowerInvariant(), key => key.Values), generated.Action, generated.Resource);

                var told = Policy.Told(PolicyEvaluation.Decide(policies, new AccessRequest(generated.Action, generated.Resource, context)));

                told.ShouldBe(plain.Decide(generated.Policies));
                return told.Outcome;
            },
            share: 0.2);

        foreach (var outcome in new[] { "allowed", "no allow", "denied" })
            outcomes.GetValueOrDefault(outcome).ShouldBeGreaterThan(outcomes.Values.Sum() / 10, outcome);
    }
}
