using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Gateways;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Database;

/// <summary>After a restart of the database no connection of a pool is of use; callers are answered nevertheless.</summary>
public sealed class LostConnectionsTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private StoreHost Host => database.Host;

    [Fact]
    public async Task The_last_version_of_a_client_is_read_over_a_new_connection()
    {
        var account = await AccountWithLampAsync();
        await database.LoseConnectionsAsync();
        (await new GatewaySessions(Host.DataSource).LastVersionAsync(account, "lamp", "gateway", Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task The_indexing_configuration_is_read_over_a_new_connection()
    {
        var account = await AccountWithLampAsync();
        await database.LoseConnectionsAsync();
        (await Host.Indexing.GetAsync(account, Ct)).ConnectivityIsIndexed.ShouldBeTrue();
    }

    [Fact]
    public async Task An_event_is_stored_and_a_query_is_answered_over_new_connections()
    {
        var account = await AccountWithLampAsync();
        var connect = Connected("lamp", await Host.NowAsync());
        await database.LoseConnectionsAsync();
        (await Host.AppendAsync(account, connect)).ShouldBe([Outcome.Accepted]);
        await database.LoseConnectionsAsync();
        (await Host.AskAsync(account, "lamp")).Record!.IsConnected.ShouldBeTrue();
    }

    private async Task<Account> AccountWithLampAsync()
    {
        // What an earlier test lost.
        Host.DataSource.Clear();
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        return account;
    }
}
