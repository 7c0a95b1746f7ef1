using Connectivity.Projections.Gateways;

namespace Connectivity.Projections.Tests.Gateways;

public sealed class LeaseStoreTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private readonly LeaseStore _leases = new(database.Host.DataSource);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_node_sees_the_others_of_its_account_and_when_they_last_renewed()
    {
        var account = SharedDatabase.NewAccount();
        await _leases.AcquireAsync(account, $"{account.Id}-a", Ct);
        await _leases.AcquireAsync(account, $"{account.Id}-b", Ct);
        await _leases.AcquireAsync(SharedDatabase.NewAccount(), $"{account.Id}-elsewhere", Ct);

        var first = await _leases.RenewAsync(account, $"{account.Id}-a", Ct);
        first.IsHeld.ShouldBeTrue();
        first.ServerStartedAt.ShouldBeLessThan(first.Now);
        var other = first.Others.ShouldHaveSingleItem();
        (other.NodeId, other.IsExpired).ShouldBe(($"{account.Id}-b", false));

        await _leases.RenewAsync(account, $"{account.Id}-b", Ct);
        (await _leases.RenewAsync(account, $"{account.Id}-a", Ct)).Others.Single().RenewedAt
            .ShouldBeGreaterThan(other.RenewedAt);
    }

    [Fact]
    public async Task An_expired_lease_is_not_renewed_but_can_be_acquired_again()
    {
        var account = SharedDatabase.NewAccount();
        await _leases.AcquireAsync(account, account.Id, Ct);
        await _leases.ExpireAsync(account, account.Id, Ct);
        (await _leases.RenewAsync(account, account.Id, Ct)).IsHeld.ShouldBeFalse();
        await _leases.AcquireAsync(account, account.Id, Ct);
        (await _leases.RenewAsync(account, account.Id, Ct)).IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task A_lease_that_was_renewed_since_it_was_read_does_not_expire()
    {
        var account = SharedDatabase.NewAccount();
        await _leases.AcquireAsync(account, $"{account.Id}-a", Ct);
        await _leases.AcquireAsync(account, $"{account.Id}-b", Ct);
        var seen = (await _leases.RenewAsync(account, $"{account.Id}-a", Ct)).Others.Single();
        await _leases.RenewAsync(account, seen.NodeId, Ct);

        await _leases.ExpireAsync(seen, Ct);

        (await _leases.RenewAsync(account, seen.NodeId, Ct)).IsHeld.ShouldBeTrue();
    }

    [Fact]
    public async Task A_released_lease_is_no_longer_listed()
    {
        var account = SharedDatabase.NewAccount();
        await _leases.AcquireAsync(account, $"{account.Id}-a", Ct);
        await _leases.AcquireAsync(account, $"{account.Id}-b", Ct);
        await _leases.ReleaseAsync($"{account.Id}-b", Ct);
        (await _leases.RenewAsync(account, $"{account.Id}-a", Ct)).Others.ShouldBeEmpty();
    }
}
