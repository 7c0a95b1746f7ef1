using Connectivity.Domain;
using Connectivity.Domain.Indexing;
using Connectivity.Projections.Registry;

namespace Connectivity.Projections.Tests.Registry;

/// <summary>A hold and what it refuses never both succeed.</summary>
public sealed class ThingHoldsTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StoreHost Host => database.Host;

    [Fact]
    public async Task A_hold_that_is_placed_while_its_thing_is_deleted_is_refused_or_refuses()
    {
        var account = await database.NewIndexedAccountAsync();
        for (var i = 0; i < 20; i++)
        {
            var name = $"thing-{i}";
            await Host.CreateAsync(account, name);
            var deletion = Host.Registry.DeleteAsync(account, name, null, Ct);
            var hold = PlaceAsync(account, name);

            (await hold is not null).ShouldBe(await deletion == ThingChange.Held);
        }
    }

    [Fact]
    public async Task A_hold_that_is_placed_while_indexing_is_turned_off_refuses_it_or_is_placed_afterwards()
    {
        for (var i = 0; i < 10; i++)
        {
            var account = await database.NewIndexedAccountAsync();
            await Host.CreateAsync(account, "lamp");
            var turningOff = Host.UpdateIndexingAsync(account, ThingIndexing.Off);
            var hold = PlaceAsync(account, "lamp");

            (await hold).ShouldNotBeNull();
            var change = await turningOff;
            (change.Error is null).ShouldBe(change.Ended is not null);
            var isOn = (await Host.Indexing.GetAsync(account, Ct)).ConnectivityIsIndexed;
            isOn.ShouldBe(change.Error is not null);
            (await Host.UpdateIndexingAsync(account, ThingIndexing.Off)).Error.ShouldBe(
                isOn ? "Connectivity indexing can't be turned off: 1 things are on legal hold" : null);
        }
    }

    private Task<Connectivity.Projections.Holds.LegalHold?> PlaceAsync(Account account, string name) =>
        new ThingHolds(database.OtherHost.DataSource).PlaceAsync(account, name, "audit", "arn", Ct);
}
