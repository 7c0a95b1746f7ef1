using Connectivity.Domain.Indexing;
using Connectivity.Projections.Registry;

namespace Connectivity.Projections.Tests.Registry;

public sealed class LegalHoldTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private const string Who = "arn:aws:iam::000000000000:user/lawyer";

    private StoreHost Host => database.Host;

    private LegalHolds Holds => new(Host.DataSource);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_thing_on_hold_is_deleted_only_after_the_hold_is_lifted()
    {
        var account = SharedDatabase.NewAccount();
        await Host.CreateAsync(account, "lamp");
        var before = await Host.NowAsync();

        var hold = (await Holds.PlaceAsync(account, "lamp", "case 17", Who, Ct)).ShouldNotBeNull();

        (hold.Reason, hold.PlacedBy).ShouldBe(("case 17", Who));
        hold.PlacedAt.ShouldBeGreaterThanOrEqualTo(before);
        (await Holds.FindAsync(account, "lamp", Ct)).ShouldBe(hold);
        (await Host.Registry.DeleteAsync(account, "lamp", null, Ct)).ShouldBe(ThingChange.OnHold);
        (await Host.Registry.FindAsync(account, "lamp", Ct)).ShouldNotBeNull();
        (await Holds.LiftAsync(account, "lamp", Ct)).ShouldBeTrue();
        (await Holds.LiftAsync(account, "lamp", Ct)).ShouldBeFalse();
        await Host.DeleteAsync(account, "lamp");
    }

    [Fact]
    public async Task Indexing_of_an_account_stays_on_while_any_of_its_things_is_on_hold()
    {
        var (account, other) = (SharedDatabase.NewAccount(), SharedDatabase.NewAccount());
        var generation = await Host.TurnOnAsync(account);
        await Host.TurnOnAsync(other);
        await Host.CreateAsync(account, "lamp");
        await Holds.PlaceAsync(account, "lamp", "case 17", Who, Ct);

        var change = await Host.UpdateIndexingAsync(account, ThingIndexing.Off);

        change.Error.ShouldNotBeNull().ShouldContain("legal hold");
        (await Host.Indexing.CurrentGenerationAsync(account, Ct)).ShouldBe(generation);
        await Host.TurnOffAsync(other);
        await Holds.LiftAsync(account, "lamp", Ct);
        await Host.TurnOffAsync(account);
    }

    [Fact]
    public async Task A_hold_is_placed_only_on_a_thing_that_exists()
    {
        var account = SharedDatabase.NewAccount();
        (await Holds.PlaceAsync(account, "lamp", "case 17", Who, Ct)).ShouldBeNull();
        (await Holds.FindAsync(account, "lamp", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Another_reason_replaces_the_hold_and_the_same_reason_changes_nothing()
    {
        var account = SharedDatabase.NewAccount();
        await Host.CreateAsync(account, "lamp");
        var first = await Holds.PlaceAsync(account, "lamp", "case 17", Who, Ct);
        (await Holds.PlaceAsync(account, "lamp", "case 17", "another", Ct)).ShouldBe(first);
        var second = (await Holds.PlaceAsync(account, "lamp", "case 18", "another", Ct)).ShouldNotBeNull();
        (second.Reason, second.PlacedBy).ShouldBe(("case 18", "another"));
    }

    [Fact]
    public async Task A_hold_that_waited_for_a_deletion_finds_no_thing()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        await Host.CreateAsync(account, "lamp");
        Task deletion;
        Task<LegalHold?> hold;
        await using (var stall = await Stall.DeletionsAsync(Host))
        {
            deletion = Host.DeleteAsync(account, "lamp");
            await stall.UntilWaitingAsync(1);
            hold = Holds.PlaceAsync(account, "lamp", "case 17", Who, Ct);
            await stall.UntilWaitingAsync(2);
        }

        await deletion;
        (await hold).ShouldBeNull();
        (await Holds.FindAsync(account, "lamp", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task A_deletion_and_a_turning_off_that_waited_for_a_hold_are_refused()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        await Host.CreateAsync(account, "lamp");
        Task<LegalHold?> hold;
        Task<ThingChange> deletion;
        await using (var stall = await Stall.HoldsAsync(Host))
        {
            hold = Holds.PlaceAsync(account, "lamp", "case 17", Who, Ct);
            await stall.UntilWaitingAsync(1);
            deletion = Host.Registry.DeleteAsync(account, "lamp", null, Ct);
            await stall.UntilWaitingAsync(2);
        }

        (await hold).ShouldNotBeNull();
        (await deletion).ShouldBe(ThingChange.OnHold);
        (await Host.UpdateIndexingAsync(account, ThingIndexing.Off)).Error.ShouldNotBeNull();
    }
}
