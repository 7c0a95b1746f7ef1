using Connectivity.Aws.Policies;
using Connectivity.Testing;
using Connectivity.Testing.Policies;

namespace Connectivity.Aws.Tests.Policies;

/// <summary>A decision costs no memory, so that it can be made for each message of a device.</summary>
public sealed class AllocationTests
{
    /// <summary>IPv6 addresses and base64 are read by the framework, which allocates.</summary>
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
            // From when on it is compiled well: what does not leave a method is then on the stack.
            await Eventually.Is(
                () => Enumerable.Range(0, 100).Any(_ => Allocated(() => PolicyEvaluation.Decide(policies, request)) == 0), because: example.Sentence);
        }
    }

    /// <summary>Bytes. A collection or the compiler may count in meanwhile; but what a decision itself allocates, it always does.</summary>
    private static long Allocated(Func<Decision> decide)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        decide();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
