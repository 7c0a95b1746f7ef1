using Connectivity.Gateway.Routing;
using CsCheck;

namespace Connectivity.Gateway.Tests;

public sealed class PendingBudgetTests
{
    private const long Maximum = 100_000;

    [Fact]
    public void A_client_takes_at_most_half_of_what_is_free()
    {
        var budget = new PendingBudget(Maximum);
        Taken(budget).ShouldBe(PendingBudget.OwnBytes + Maximum / 2);
        Taken(budget).ShouldBe(PendingBudget.OwnBytes + Maximum / 4);
        Taken(budget).ShouldBe(PendingBudget.OwnBytes + Maximum / 8);
    }

    /// <summary>Whatever clients add, remove and lose, in any order.</summary>
    [Fact]
    public void The_total_is_bounded_the_own_part_is_always_free_and_nothing_leaks() =>
        Gen.Select(Gen.Int[0, 4], Gen.Long[1, 60_000], Gen.Bool).Array[1, 200].Sample(steps =>
        {
            var budget = new PendingBudget(Maximum);
            var pending = new long[5];
            foreach (var (client, bytes, adds) in steps)
            {
                var (before, after) = (pending[client], adds ? pending[client] + bytes : pending[client] / 2);
                if (adds && !budget.TryGrow(before, after))
                {
                    after.ShouldBeGreaterThan(PendingBudget.OwnBytes);
                    continue;
                }

                if (!adds) budget.Shrink(before, after);
                pending[client] = after;
                pending.Sum(one => Math.Max(0, one - PendingBudget.OwnBytes)).ShouldBeLessThanOrEqualTo(Maximum);
            }

            foreach (var bytes in pending) budget.Shrink(bytes, 0);
            budget.TryGrow(0, PendingBudget.OwnBytes + Maximum / 2).ShouldBeTrue();
        });

    /// <summary>The most that one more client can have, byte by byte.</summary>
    private static long Taken(PendingBudget budget)
    {
        long bytes = 0;
        while (budget.TryGrow(bytes, bytes + 1)) bytes++;
        return bytes;
    }
}
