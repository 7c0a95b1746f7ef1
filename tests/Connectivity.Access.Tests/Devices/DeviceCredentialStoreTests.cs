using Connectivity.Access.Changes;
using Connectivity.Access.Devices;
using Connectivity.Domain;

namespace Connectivity.Access.Tests.Devices;

/// <summary>Device credentials belong to one incarnation of a thing.</summary>
public sealed class DeviceCredentialStoreTests(AccessDatabase database) : IClassFixture<AccessDatabase>
{
    private const string Password = DeviceCredential.Password;
    private const string Certificate = DeviceCredential.Certificate;

    private readonly Account _account = SharedDatabase.NewAccount();

    private StoreHost Host => database.Host;

    private DeviceCredentialStore Store => Host.DeviceCredentials;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_credential_is_found_only_by_its_thing_kind_and_hash()
    {
        await Host.CreateAsync(_account, "lamp");
        await Host.CreateAsync(_account, "door");
        var (lamp, door) = (await AddAsync("lamp", Password, "{}"), await AddAsync("door", Certificate));

        var found = (await FindAsync("lamp", Password, lamp)).ShouldNotBeNull();
        (found.CredentialId, found.ThingName, found.Kind, found.Policy).ShouldBe((Id(lamp), "lamp", Password, "{}"));
        (await Host.NowAsync()).ShouldBe(found.CreatedAt, TimeSpan.FromMinutes(1));
        (await FindAsync("door", Certificate, door)).ShouldNotBeNull().Policy.ShouldBeNull();
        (await FindAsync("lamp", Certificate, lamp)).ShouldBeNull("a password is not a certificate");
        (await FindAsync("lamp", Password, door)).ShouldBeNull();
        (await FindAsync("door", Password, lamp)).ShouldBeNull("it is another thing's");
        (await FindAsync("bell", Password, lamp)).ShouldBeNull();
        var elsewhere = _account with { Region = "eu-west-1" };
        await Host.CreateAsync(elsewhere, "lamp");
        (await Store.FindAsync(elsewhere, [new PresentedCredential("lamp", Password, lamp)], Ct)).Single()
            .ShouldBeNull("it is another account's");
    }

    [Fact]
    public async Task Many_credentials_are_found_at_once_in_their_order()
    {
        await Host.CreateAsync(_account, "lamp");
        await Host.CreateAsync(_account, "door");
        var (lamp, door) = (await AddAsync("lamp", Password), await AddAsync("door", Certificate));
        PresentedCredential[] presented =
        [
            new("door", Certificate, door), new("door", Password, door), new("lamp", Password, lamp),
            new("bell", Password, lamp), new("lamp", Password, lamp),
        ];

        (await Store.FindAsync(_account, presented, Ct)).Select(found => found?.ThingName)
            .ShouldBe(["door", null, "lamp", null, "lamp"]);
        (await Store.FindAsync(_account, Array.Empty<PresentedCredential>(), Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_is_found_over_a_new_connection_after_the_database_was_restarted()
    {
        await Host.CreateAsync(_account, "lamp");
        var lamp = await AddAsync("lamp", Password);
        await database.LoseConnectionsAsync();

        (await FindAsync("lamp", Password, lamp)).ShouldNotBeNull();
    }

    [Fact]
    public async Task No_credential_is_added_for_a_thing_that_does_not_exist()
    {
        (await Store.AddAsync(_account, "lamp", "lost", Password, [1], null, Ct)).ShouldBeFalse();
        (await Store.AnyAsync(_account, Ct)).ShouldBeFalse();
        await Host.CreateAsync(_account, "lamp");
        await AddAsync("lamp", Password);
        (await Store.AnyAsync(_account, Ct)).ShouldBeTrue();
        (await Store.AnyAsync(_account with { Region = "eu-west-1" }, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task Adding_a_certificate_again_updates_its_policy_and_never_moves_it_to_another_thing()
    {
        await Host.CreateAsync(_account, "lamp");
        await Host.CreateAsync(_account, "door");
        var hash = await AddAsync("lamp", Certificate);
        (await Store.AddAsync(_account, "lamp", Id(hash), Certificate, hash, "{}", Ct)).ShouldBeTrue();
        (await Store.ListAsync(_account, null, Ct)).ShouldHaveSingleItem().Policy.ShouldBe("{}");

        (await Store.AddAsync(_account, "door", Id(hash), Certificate, hash, null, Ct)).ShouldBeFalse();
        (await Store.ListAsync(_account, null, Ct)).ShouldHaveSingleItem().Policy.ShouldBe("{}");
        (await FindAsync("door", Certificate, hash)).ShouldBeNull();
    }

    [Fact]
    public async Task Revoking_a_credential_leaves_the_others()
    {
        await Host.CreateAsync(_account, "lamp");
        var (one, other) = (await AddAsync("lamp", Password), await AddAsync("lamp", Password));
        (await Store.RevokeAsync(SharedDatabase.NewAccount(), Id(one), Ct)).ShouldBeNull("it is another account's");
        (await Store.RevokeAsync(_account, Id(one), Ct)).ShouldBe("lamp");
        (await Store.RevokeAsync(_account, Id(one), Ct)).ShouldBeNull();
        (await FindAsync("lamp", Password, one)).ShouldBeNull();
        (await Store.FindAsync([Id(one), Id(other), "unknown"], Ct)).ShouldHaveSingleItem().CredentialId
            .ShouldBe(Id(other));
        (await Store.FindAsync(Array.Empty<string>(), Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Credentials_are_deleted_in_the_commit_that_deletes_their_thing()
    {
        await Host.CreateAsync(_account, "lamp");
        var hash = await AddAsync("lamp", Password);
        Task deletion;
        Task<bool> addition;
        await using (var stall = await Stall.DeletionsAsync(Host))
        {
            deletion = Host.DeleteAsync(_account, "lamp");
            await stall.UntilWaitingAsync(1);
            (await FindAsync("lamp", Password, hash)).ShouldNotBeNull("nothing is committed");
            addition = database.OtherHost.DeviceCredentials.AddAsync(
                _account, "lamp", "too late", Password, [1], null, Ct);
            await stall.UntilWaitingAsync(2);
        }

        await deletion;
        (await addition).ShouldBeFalse("its thing was deleted in the meantime");
        await Host.CreateAsync(_account, "lamp");
        (await FindAsync("lamp", Password, hash)).ShouldBeNull("it belonged to the deleted thing");
        (await Store.ListAsync(_account, null, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_credential_has_the_attributes_that_its_thing_has_now()
    {
        await Host.CreateAsync(_account, "lamp");
        var hash = await AddAsync("lamp", Password);
        (await FindAsync("lamp", Password, hash))!.ThingAttributes.ShouldBeEmpty();
        await UpdateAsync("lamp", "site", "hall");
        (await FindAsync("lamp", Password, hash))!.ThingAttributes["site"].ShouldBe("hall");
        (await Store.ListAsync(_account, "lamp", Ct)).Single().ThingAttributes["site"].ShouldBe("hall");
        (await Store.FindAsync([Id(hash)], Ct)).Single().ThingAttributes["site"].ShouldBe("hall");
    }

    [Fact]
    public async Task Every_host_is_notified_of_the_thing_whose_credentials_changed()
    {
        await Host.CreateAsync(_account, "lamp");
        var received = new List<string>();
        var listening = new TaskCompletionSource();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var listener = Task.Run(async () =>
        {
            await foreach (var change in AccessChange.Channel.ListenAsync(
                database.OtherHost.DataSource,
                () =>
                {
                    listening.SetResult();
                    return Task.CompletedTask;
                }, stop.Token))
                // The tests of the class run one after the other.
                lock (received) received.Add(change.ThingName ?? "");
        }, Ct);
        await await Task.WhenAny(listening.Task, listener).WaitAsync(Ct);

        await UpdateAsync("lamp", "site", "a");
        var hash = await AddAsync("lamp", Password);
        await UpdateAsync("lamp", "site", "b");
        await Store.RevokeAsync(_account, Id(hash), Ct);
        await UpdateAsync("lamp", "site", "c");
        await Host.DeleteAsync(_account, "lamp");
        await Host.Throttle.SetAsync(new(_account.Id, "queries", 1, 1), Ct);

        await Eventually.Is(() =>
        {
            lock (received) return received.Count == 5;
        }, because: "all changes are received");
        received.ShouldBe(["lamp", "lamp", "lamp", "lamp", ""], "a thing without credentials is no one's concern");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(listener);
    }

    private Task UpdateAsync(string thingName, string attribute, string value) => Host.Registry.UpdateAsync(
        _account, thingName, null, _ => new Dictionary<string, string> { [attribute] = value }, Ct);

    private async Task<byte[]> AddAsync(string thingName, string kind, string? policy = null)
    {
        var hash = Guid.NewGuid().ToByteArray();
        (await Store.AddAsync(_account, thingName, Id(hash), kind, hash, policy, Ct)).ShouldBeTrue();
        return hash;
    }

    private static string Id(byte[] hash) => Convert.ToHexStringLower(hash);

    private async Task<DeviceCredential?> FindAsync(string thingName, string kind, byte[] hash) =>
        (await Store.FindAsync(_account, [new PresentedCredential(thingName, kind, hash)], Ct)).Single();
}
