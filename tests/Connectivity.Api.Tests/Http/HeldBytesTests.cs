using System.Buffers;
using Connectivity.Api.Http;
using CsCheck;

namespace Connectivity.Api.Tests.Http;

/// <summary>Bytes in pieces, and the budget that they are taken from.</summary>
public sealed class HeldBytesTests
{
    [Fact]
    public void Returns_what_was_written_and_gives_back_what_it_took() =>
        Gen.Byte.Array[0, 100_000].Array[0, 5].Sample(writes =>
        {
            var budget = new ByteBudget(1_000_000, 1_000_000);
            using (var held = new HeldBytes(budget, "a"))
            {
                foreach (var bytes in writes) held.Write(bytes);
                held.Bytes.ToArray().ShouldBe(writes.SelectMany(bytes => bytes));
                held.Length.ShouldBe(writes.Sum(bytes => bytes.Length));
            }

            budget.TryTake("b", 1_000_000).ShouldBeTrue("nothing is taken any more");
        }, iter: 50);

    [Fact]
    public void Takes_no_more_than_the_share_and_leaves_the_rest_to_others()
    {
        var budget = new ByteBudget(total: 300_000, share: 200_000);
        using var held = new HeldBytes(budget, "a");
        Should.Throw<BudgetExceededException>(() => held.Write(new byte[1_000_000]));
        budget.TryTake("a", 64 * 1024).ShouldBeFalse("its share is in use");
        budget.TryTake("b", 100_000).ShouldBeTrue();
        budget.TryTake("b", 100_000).ShouldBeFalse("the total is in use");
    }

    [Fact]
    public void The_first_bytes_are_free_even_while_the_budget_is_in_use()
    {
        var budget = new ByteBudget(1, 1);
        budget.TryTake("a", 1).ShouldBeTrue();
        using var held = new HeldBytes(budget, "a");
        held.Write(new byte[12 * 1024]);
    }

    [Fact]
    public void A_charge_that_the_other_budget_has_no_room_for_stays_where_it_was()
    {
        var (unverified, verified) = (new ByteBudget(1_000_000, 1_000_000), new ByteBudget(1000, 1000));
        using (var held = new HeldBytes(unverified, "address"))
        {
            held.Write(new byte[100_000]);
            Should.Throw<BudgetExceededException>(() => held.ChargeTo(verified, "user"));
            unverified.TryTake("address", 1_000_000).ShouldBeFalse();
            held.ChargeTo(new ByteBudget(1_000_000, 1_000_000), "user");
            unverified.TryTake("address", 1_000_000).ShouldBeTrue();
        }
    }
}
