using Connectivity.Domain.Indexing;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Lifecycle;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

public sealed class ConnectivityQueryTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    [Fact]
    public async Task An_account_that_was_never_configured_is_not_indexed_and_has_no_things() =>
        (await Host.AskAsync(SharedDatabase.NewAccount(), "lamp"))
            .ShouldBe(new ThingConnectivity(false, false, null, null));

    [Fact]
    public async Task While_indexing_is_off_a_thing_is_registered_and_has_no_record()
    {
        var account = await database.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));
        await Host.UpdateIndexingAsync(account, Configurations.OnWithSocketInformation);
        await Host.TurnOffAsync(account);

        (await Host.AskAsync(account, "lamp")).ShouldBe(new ThingConnectivity(false, false, thing.ThingId, null));
        (await Host.AskAsync(account, "stranger")).ShouldBe(new ThingConnectivity(false, false, null, null));
    }

    [Fact]
    public async Task An_unknown_name_has_neither_id_nor_record() =>
        (await Host.AskAsync(await database.NewIndexedAccountAsync(), "stranger"))
            .ShouldBe(new ThingConnectivity(true, false, null, null));

    [Fact]
    public async Task A_thing_without_events_has_the_never_connected_record()
    {
        var account = await database.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");

        (await Host.AskAsync(account, "lamp"))
            .ShouldBe(
                new ThingConnectivity(true, false, thing.ThingId, ConnectivityRecord.NeverConnected(thing.ThingId)));
    }

    [Fact]
    public async Task Every_host_returns_an_event_as_soon_as_it_is_acknowledged()
    {
        var account = await database.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();
        var (connect, disconnect) = (Connected("lamp", now), Disconnected("lamp", now));

        await Host.AppendAsync(account, connect);
        (await database.OtherHost.AskAsync(account, "lamp")).Record
            .ShouldBe(new ConnectivityRecord(thing.ThingId, connect, null));

        await Host.AppendAsync(account, disconnect);
        (await database.OtherHost.AskAsync(account, "lamp")).Record
            .ShouldBe(new ConnectivityRecord(thing.ThingId, connect, disconnect));
    }

    [Fact]
    public async Task The_opt_in_to_socket_information_is_read_with_the_record()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");

        await Host.UpdateIndexingAsync(account, Configurations.OnWithSocketInformation);
        (await database.OtherHost.AskAsync(account, "lamp")).ReleasesSocketInformation.ShouldBeTrue();

        await Host.UpdateIndexingAsync(account, Configurations.On);
        (await database.OtherHost.AskAsync(account, "lamp")).ReleasesSocketInformation.ShouldBeFalse();
    }

    [Fact]
    public async Task A_new_generation_and_a_new_incarnation_start_without_a_record()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));

        // The purge has not run yet.
        await Host.UpdateIndexingAsync(account, ThingIndexing.Off);
        await Host.TurnOnAsync(account);
        (await Host.AskAsync(account, "lamp")).Record!.Latest.ShouldBeNull();

        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));
        await Host.DeleteAsync(account, "lamp");
        await Host.CreateAsync(account, "lamp");
        (await Host.AskAsync(account, "lamp")).Record!.Latest.ShouldBeNull();
    }
}
