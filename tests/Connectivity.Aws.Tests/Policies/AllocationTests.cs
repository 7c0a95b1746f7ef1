using Connectivity.Aws.Policies;
using Connectivity.Testing;
using Connectivity.Testing.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>A decision allocates no memory, because one is made for each message of a device.</summary>
public sealed class AllocationTests
{
    /// <summary>The framework allocates where it parses IPv6 addresses and base64.</summary>
    private static bool IsFree(PolicyCase example) =>
        !example.Policies.Any(policy => policy.Json.Contains("Binary"))
        && !example.Context.Any(key => key.Key == "aws:SourceIp" && key.Values.Any(value => value.Contains(':')))
        && !example.Context.Any(key => key.Values.Any(value => value.Length > 200));

    [Fact]
    public async Task A_decision_allocates_nothing()
    {
        var examples = PolicyCases.All.Where(IsFree).ToList();
        examples.Count.ShouldBeGreaterThan(300);
        foreach (var example in examples)
        {
            var policies = example.Policies.Select(policy => Policy.Attached(policy.Name, policy.Json)).ToArray();
            var request = new AccessRequest(example.Action, example.Resource, Policy.Context(example.Context));
            // Only optimized code allocates on the stack what does not escape a method.
            await Eventually.Is(
                () => Enumerable.Range(0, 100).Any(
                    _ => Allocated(() => PolicyEvaluation.Decide(policies, request)) == 0),
                because: example.Sentence);
        }
    }

    /// <summary>
    /// Bytes. A collection or the JIT compiler may add to them, but a decision that allocates always does.
    /// </summary>
    private static long Allocated(Func<Decision> decide)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        decide();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
