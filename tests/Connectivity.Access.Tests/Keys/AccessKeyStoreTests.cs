using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;

namespace Connectivity.Access.Tests.Keys;

/// <summary>The access keys of users: adding, replacing, and the first key of a database.</summary>
public sealed class AccessKeyStoreTests(AccessDatabase database) : IClassFixture<AccessDatabase>
{
    private readonly string _account = SharedDatabase.NewAccount().Id;

    private AccessKeyStore Keys { get; } = new(database.Host.DataSource);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset InAnHour =>
        DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);

    [Fact]
    public async Task A_key_is_read_as_it_was_added_with_the_time_of_the_database()
    {
        var lasting = NewKey();
        var temporary = NewKey() with { SessionTokenHash = [7, 8, 9], ExpiresAt = InAnHour, IsEnabled = false };
        await Keys.AddAsync(lasting, Ct);
        await Keys.AddAsync(temporary, Ct);

        var now = await database.Host.NowAsync();
        var stored = await StoredAsync();
        stored.Select(key => key.AccessKeyId).ShouldBe([lasting.AccessKeyId, temporary.AccessKeyId]);
        foreach (var key in stored) key.CreatedAt.ShouldBeInRange(now.AddMinutes(-1), now.AddMilliseconds(1));
        (stored[0].UserName, stored[0].SessionTokenHash, stored[0].ExpiresAt, stored[0].IsEnabled)
            .ShouldBe((lasting.UserName, null, null, true));
        stored[1].EncryptedSecret.ShouldBe(temporary.EncryptedSecret);
        stored[1].SessionTokenHash.ShouldBe(temporary.SessionTokenHash);
        (stored[1].ExpiresAt, stored[1].IsEnabled).ShouldBe((temporary.ExpiresAt, false));
    }

    [Fact]
    public async Task A_second_key_with_the_same_id_is_refused()
    {
        var key = NewKey();
        await Keys.AddAsync(key, Ct);
        await Should.ThrowAsync<Npgsql.PostgresException>(
            () => Keys.AddAsync(NewKey() with { AccessKeyId = key.AccessKeyId }, Ct));
        (await StoredAsync()).ShouldHaveSingleItem().UserName.ShouldBe(key.UserName);
    }

    [Fact]
    public async Task A_replaced_key_expires_at_the_given_time()
    {
        var (old, next) = (NewKey(), NewKey());
        await Keys.AddAsync(old, Ct);
        (await Keys.ReplaceAsync(old.AccessKeyId, InAnHour, next with { UserName = old.UserName }, Ct)).ShouldBeTrue();
        (await StoredAsync()).Select(key => (key.AccessKeyId, key.ExpiresAt))
            .ShouldBe([(old.AccessKeyId, InAnHour), (next.AccessKeyId, null)]);
    }

    [Fact]
    public async Task Replacing_a_key_never_extends_its_expiry()
    {
        var old = NewKey();
        await Keys.AddAsync(old, Ct);
        var soon = InAnHour.AddMinutes(-30);
        (await Keys.ReplaceAsync(old.AccessKeyId, soon, NewKey() with { UserName = old.UserName }, Ct)).ShouldBeTrue();
        (await Keys.ReplaceAsync(old.AccessKeyId, InAnHour, NewKey() with { UserName = old.UserName }, Ct))
            .ShouldBeTrue();
        (await StoredAsync()).Single(key => key.AccessKeyId == old.AccessKeyId).ExpiresAt.ShouldBe(soon);
    }

    [Fact]
    public async Task An_unknown_key_is_neither_replaced_nor_disabled_nor_deleted()
    {
        (await Keys.ReplaceAsync("AKIAUNKNOWN000000000", InAnHour, NewKey(), Ct)).ShouldBeFalse();
        (await Keys.DisableAsync("AKIAUNKNOWN000000000", Ct)).ShouldBeFalse();
        (await Keys.DeleteAsync("AKIAUNKNOWN000000000", Ct)).ShouldBeFalse();
        (await StoredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failed_replacement_leaves_the_old_key_unchanged()
    {
        var (old, other) = (NewKey(), NewKey());
        await Keys.AddAsync(old, Ct);
        await Keys.AddAsync(other, Ct);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => Keys.ReplaceAsync(
            old.AccessKeyId, InAnHour, NewKey() with { AccessKeyId = other.AccessKeyId, UserName = old.UserName }, Ct));
        (await StoredAsync()).ShouldAllBe(key => key.ExpiresAt == null);
    }

    [Fact]
    public async Task Hosts_that_start_at_the_same_time_add_the_first_key_once()
    {
        await using var host = new StoreHost(await PostgresServer.CreateDatabaseAsync(Ct), AccessStore.Contents);
        await host.BringSchemaUpToDateAsync();
        var (keys, bootstrap) = (new AccessKeyStore(host.DataSource), new AccessBootstrap(host.DataSource));
        var saved = 0;
        Task SaveAsync()
        {
            Interlocked.Increment(ref saved);
            return Task.CompletedTask;
        }

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            bootstrap.AddFirstAsync(
                "administrator", () => NewKey() with { UserName = "administrator" }, "All", "{}", SaveAsync, Ct)));

        added.Count(first => first).ShouldBe(1);
        saved.ShouldBe(1);
        (await keys.ListAsync(Ct)).ShouldHaveSingleItem();
        (await new UserPolicyStore(host.DataSource).ListAsync(Ct)).ShouldHaveSingleItem().PolicyName.ShouldBe("All");
    }

    [Fact]
    public async Task The_first_key_is_not_added_when_it_can_not_be_saved_for_its_owner()
    {
        await using var host = new StoreHost(await PostgresServer.CreateDatabaseAsync(Ct), AccessStore.Contents);
        await host.BringSchemaUpToDateAsync();
        var (keys, bootstrap) = (new AccessKeyStore(host.DataSource), new AccessBootstrap(host.DataSource));
        var key = NewKey() with { UserName = "administrator" };
        await Should.ThrowAsync<IOException>(
            () => bootstrap.AddFirstAsync(key.UserName, () => key, "All", "{}", () => throw new IOException(), Ct));
        (await keys.ListAsync(Ct)).ShouldBeEmpty();
        (await bootstrap.AddFirstAsync(key.UserName, () => key, "All", "{}", () => Task.CompletedTask, Ct))
            .ShouldBeTrue();
    }

    private StoredAccessKey NewKey()
    {
        var id = Guid.NewGuid().ToString("N");
        return new StoredAccessKey(
            $"AKIA{id[..16].ToUpperInvariant()}", _account, $"user-{id}", [1, 2, 3], null, null, IsEnabled: true,
            default);
    }

    private async Task<IReadOnlyList<StoredAccessKey>> StoredAsync() =>
        [.. (await Keys.ListAsync(Ct)).Where(key => key.AccountId == _account).OrderBy(key => key.CreatedAt)];
}
