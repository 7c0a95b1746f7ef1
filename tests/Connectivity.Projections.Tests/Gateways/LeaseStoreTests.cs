using Connectivity.Domain;
using Connectivity.Projections.Gateways;

namespace Connectivity.Projections.Tests.Gateways;

public sealed class LeaseStoreTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private readonly LeaseStore _leases = new(database.Host.DataSource);
    private readonly Account _account = SharedDatabase.NewAccount();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string A => $"{_account.Id}-a";

    private string B => $"{_account.Id}-b";

    [Fact]
    public async Task Any_host_reads_the_leases_of_all_accounts_and_when_they_were_renewed()
    {
        await _leases.AcquireAsync(_account, A, Ct);
        await _leases.AcquireAsync(SharedDatabase.NewAccount(), B, Ct);

        var snapshot = await _leases.ReadAsync(Ct);
        snapshot.ServerStartedAt.ShouldBeLessThan(snapshot.Now);
        var before = (await FindAsync(A)).ShouldNotBeNull();
        (before.Account, before.IsExpired).ShouldBe((_account, false));
        (await FindAsync(B)).ShouldNotBeNull();

        (await _leases.RenewAsync(A, Ct)).ShouldNotBeNull().ShouldBe((await FindAsync(A))!.RenewedAt);
        (await FindAsync(A))!.RenewedAt.ShouldBeGreaterThan(before.RenewedAt);
    }

    [Fact]
    public async Task An_expired_lease_is_not_renewed_but_can_be_acquired_again()
    {
        await _leases.AcquireAsync(_account, A, Ct);
        await ExpireAsync(A);
        (await _leases.RenewAsync(A, Ct)).ShouldBeNull();
        await _leases.AcquireAsync(_account, A, Ct);
        (await _leases.RenewAsync(A, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_lease_that_was_renewed_since_it_was_read_does_not_expire()
    {
        await _leases.AcquireAsync(_account, A, Ct);
        var seen = (await FindAsync(A))!;
        await _leases.RenewAsync(A, Ct);

        await _leases.ExpireAsync(seen, Ct);

        (await _leases.RenewAsync(A, Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_released_lease_is_no_longer_listed()
    {
        await _leases.AcquireAsync(_account, A, Ct);
        await _leases.ReleaseAsync(A, Ct);
        (await FindAsync(A)).ShouldBeNull();
    }

    [Fact]
    public async Task A_dead_node_is_not_expired_while_its_successor_lives_and_delivers_what_it_left()
    {
        await _leases.AcquireAsync(_account, A, Ct);
        var lastAlive = (await FindAsync(A))!.RenewedAt;
        await _leases.AcquireAsync(_account, B, Ct);

        await _leases.SucceedAsync(_account, A, B, Ct);
        (await FindAsync(A)).ShouldNotBeNull().IsExpired.ShouldBeFalse();
        (await _leases.RenewAsync(A, Ct)).ShouldBeNull("it is dead all the same");
        await _leases.ReleaseAsync(A, Ct);
        (await FindAsync(A)).ShouldNotBeNull("it is held");

        await ExpireAsync(B);
        (await FindAsync(A))!.IsExpired.ShouldBeTrue("its successor died too");
        await _leases.AcquireAsync(_account, B, Ct);
        await _leases.EndSuccessionAsync(A, Ct);
        (await FindAsync(A))!.ShouldBe(new NodeLease(_account, A, lastAlive, IsExpired: true), "the moment stays");
    }

    [Fact]
    public async Task A_dead_node_that_is_gone_gets_its_lease_back_without_a_moment_at_which_it_was_alive()
    {
        await _leases.AcquireAsync(_account, B, Ct);
        await _leases.SucceedAsync(_account, A, B, Ct);
        await _leases.EndSuccessionAsync(A, Ct);

        (await FindAsync(A)).ShouldNotBeNull().IsExpired.ShouldBeTrue();
        (await FindAsync(A))!.RenewedAt.Year.ShouldBe(2000);
    }

    private async Task ExpireAsync(string nodeId) => await _leases.ExpireAsync((await FindAsync(nodeId))!, Ct);

    private async Task<NodeLease?> FindAsync(string nodeId) =>
        (await _leases.ReadAsync(Ct)).Nodes.SingleOrDefault(node => node.NodeId == nodeId);
}
