using Connectivity.Aws.Policies;
using Connectivity.Testing;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>
/// Compares the evaluator with a reference implementation, for generated policies and requests. A failure names its
/// seed.
/// </summary>
[Trait("kind", "fuzz")]
public sealed class EvaluationAgainstPlainRulesTests
{
    [Fact]
    public void Decides_by_the_same_statement_as_the_reference_implementation()
    {
        var outcomes = Fuzz.Run(
            "policies of the grammar and a request, compared with the plain rules",
            AnyPolicy.Cases,
            generated =>
            {
                var policies = generated.Policies.Select(policy => Policy.Attached(policy.Name, policy.Json)).ToArray();
                var context = Policy.Context(
                    generated.Context.Select(key => (key.Key, (IReadOnlyList<string>)key.Values)));
                var request = new AccessRequest(generated.Action, generated.Resource, context);
                var plain = new PlainEvaluation(
                    generated.Context.ToDictionary(key => key.Key.ToLowerInvariant(), key => key.Values),
                    generated.Action, generated.Resource);

                var decision = Policy.Describe(PolicyEvaluation.Decide(policies, request));

                decision.ShouldBe(plain.Decide(generated.Policies));
                return decision.Outcome;
            },
            share: 0.2);

        foreach (var outcome in new[] { "allowed", "no allow", "denied" })
            outcomes.GetValueOrDefault(outcome).ShouldBeGreaterThan(outcomes.Values.Sum() / 10, outcome);
    }
}
