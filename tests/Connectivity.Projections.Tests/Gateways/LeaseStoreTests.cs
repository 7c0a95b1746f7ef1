using Connectivity.Projections.Gateways;

namespace Connectivity.Projections.Tests.Gateways;

public sealed class LeaseStoreTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private readonly LeaseStore _nodes = new(database.Host.DataSource);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_sees_the_others_of_its_account_and_when_they_last_renewed()
    {
        var account = SharedDatabase.NewAccount();
        await _nodes.AcquireAsync(account, $"{account.Id}-a", Ct);
        await _nodes.AcquireAsync(account, $"{account.Id}-b", Ct);
        await _nodes.AcquireAsync(SharedDatabase.NewAccount(), $"{account.Id}-elsewhere", Ct);

        var first = await _nodes.RenewAsync(account, $"{account.Id}-a", Ct);
        first.IsHeld.ShouldBeTrue();
        first.ServerStartedAt.ShouldBeLessThan(first.Now);
        var other = first.Others.ShouldHaveSingleItem();
        (other.NodeId, other.IsExpired).ShouldBe(($"{account.Id}-b", false));

        await _nodes.RenewAsync(account, $"{account.Id}-b", Ct);
        (await _nodes.RenewAsync(account, $"{account.Id}-a", Ct)).Others.Single().RenewedAt.ShouldBeGreaterThan(other.RenewedAt);
    }

    [Fact]
    public async Task A_lapsed_lease_is_not_renewed_but_taken_again()
    {
        var account = SharedDatabase.NewAccount();
        await _nodes.AcquireAsync(account, account.Id, Ct);
        await _nodes.ExpireAsync(account, account.Id, Ct);
        (await _nodes.RenewAsync(account, account.Id, Ct)).IsHeld.ShouldBeFalse();
        await _nodes.AcquireAsync(account, account.Id, Ct);
        (await _nodes.RenewAsync(account, account.Id, Ct)).IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lease_that_was_renewed_since_it_was_looked_at_does_not_lapse()
    {
        var account = SharedDatabase.NewAccount();
        await _nodes.AcquireAsync(account, $"{account.Id}-a", Ct);
        await _nodes.AcquireAsync(account, $"{account.Id}-b", Ct);
        var seen = (await _nodes.RenewAsync(account, $"{account.Id}-a", Ct)).Others.Single();
        await _nodes.RenewAsync(account, seen.NodeId, Ct);

        await _nodes.ExpireAsync(seen, Ct);

        (await _nodes.RenewAsync(account, seen.NodeId, Ct)).IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task A_forgotten_node_is_seen_by_nobody()
    {
        var account = SharedDatabase.NewAccount();
        await _nodes.AcquireAsync(account, $"{account.Id}-a", Ct);
        await _nodes.AcquireAsync(account, $"{account.Id}-b", Ct);
        await _nodes.ReleaseAsync($"{account.Id}-b", Ct);
        (await _nodes.RenewAsync(account, $"{account.Id}-a", Ct)).Others.ShouldBeEmpty();
    }
}
