using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;

namespace Connectivity.Access.Tests.Keys;

/// <summary>The keys of users, and how they follow each other.</summary>
public sealed class AccessKeyStoreTests(AccessDatabase database) : IClassFixture<AccessDatabase>
{
    private readonly string _account = SharedDatabase.NewAccount().Id;

    private AccessKeyStore Keys { get; } = new(database.Host.DataSource);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset InAnHour => DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);

    [Fact]
    public async Task A_key_comes_back_as_it_was_added_with_the_time_of_the_database()
    {
        var lasting = NewKey();
        var temporary = NewKey() with { SessionTokenHash = [7, 8, 9], ExpiresAt = InAnHour, IsEnabled = false };
        await Keys.AddAsync(lasting, Ct);
        await Keys.AddAsync(temporary, Ct);

        var now = await database.Host.NowAsync();
        var stored = await StoredAsync();
        stored.Select(key => key.AccessKeyId).ShouldBe([lasting.AccessKeyId, temporary.AccessKeyId]);
        foreach (var key in stored) key.CreatedAt.ShouldBeInRange(now.AddMinutes(-1), now.AddMilliseconds(1));
        (stored[0].UserName, stored[0].SessionTokenHash, stored[0].ExpiresAt, stored[0].IsEnabled).ShouldBe((lasting.UserName, null, null, true));
        stored[1].EncryptedSecret.ShouldBe(temporary.EncryptedSecret);
        stored[1].SessionTokenHash.ShouldBe(temporary.SessionTokenHash);
        (stored[1].ExpiresAt, stored[1].IsEnabled).ShouldBe((temporary.ExpiresAt, false));
    }

    [Fact]
    public async Task An_id_is_never_given_twice()
    {
        var key = NewKey();
        await Keys.AddAsync(key, Ct);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => Keys.AddAsync(NewKey() with { AccessKeyId = key.AccessKeyId }, Ct));
        (await StoredAsync()).ShouldHaveSingleItem().UserName.ShouldBe(key.UserName);
    }

    [Fact]
    public async Task A_key_that_is_replaced_ends_when_it_is_told_to()
    {
        var (old, next) = (NewKey(), NewKey());
        await Keys.AddAsync(old, Ct);
        (await Keys.ReplaceAsync(old.AccessKeyId, InAnHour, next with { UserName = old.UserName }, Ct)).ShouldBeTrue();
        (await StoredAsync()).Select(key => (key.AccessKeyId, key.ExpiresAt)).ShouldBe([(old.AccessKeyId, InAnHour), (next.AccessKeyId, null)]);
    }

    [Fact]
    public async Task A_key_that_ends_already_is_not_given_more_time()
    {
        var old = NewKey();
        await Keys.AddAsync(old, Ct);
        var soon = InAnHour.AddMinutes(-30);
        (await Keys.ReplaceAsync(old.AccessKeyId, soon, NewKey() with { UserName = old.UserName }, Ct)).ShouldBeTrue();
        (await Keys.ReplaceAsync(old.AccessKeyId, InAnHour, NewKey() with { UserName = old.UserName }, Ct)).ShouldBeTrue();
        (await StoredAsync()).Single(key => key.AccessKeyId == old.AccessKeyId).ExpiresAt.ShouldBe(soon);
    }

    [Fact]
    public async Task What_is_not_there_is_neither_replaced_nor_disabled_nor_deleted()
    {
        (await Keys.ReplaceAsync("AKIANOBODYHASTHISKEY", InAnHour, NewKey(), Ct)).ShouldBeFalse();
        (await Keys.DisableAsync("AKIANOBODYHASTHISKEY", Ct)).ShouldBeFalse();
        (await Keys.DeleteAsync("AKIANOBODYHASTHISKEY", Ct)).ShouldBeFalse();
        (await StoredAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_successor_that_is_not_added_leaves_the_key_before_as_it_was()
    {
        var (old, other) = (NewKey(), NewKey());
        await Keys.AddAsync(old, Ct);
        await Keys.AddAsync(other, Ct);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => Keys.ReplaceAsync(
            old.AccessKeyId, InAnHour, NewKey() with { AccessKeyId = other.AccessKeyId, UserName = old.UserName }, Ct));
        (await StoredAsync()).ShouldAllBe(key => key.ExpiresAt == null);
    }

    [Fact]
    public async Task The_first_key_is_added_once_however_many_begin_together()
    {
        await using var host = new StoreHost(await PostgresServer.CreateDatabaseAsync(Ct), AccessStore.Contents);
        await host.BringSchemaUpToDateAsync();
        var (keys, bootstrap) = (new AccessKeyStore(host.DataSource), new AccessBootstrap(host.DataSource));
        var left = 0;
        Task LeaveAsync()
        {
            Interlocked.Increment(ref left);
            return Task.CompletedTask;
        }

        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            bootstrap.AddFirstAsync("administrator", () => NewKey() with { UserName = "administrator" }, "All", "{}", LeaveAsync, Ct)));

        added.Count(first => first).ShouldBe(1);
        left.ShouldBe(1);
        (await keys.ListAsync(Ct)).ShouldHaveSingleItem();
        (await new UserPolicyStore(host.DataSource).ListAsync(Ct)).ShouldHaveSingleItem().PolicyName.ShouldBe("All");
    }

    [Fact]
    public async Task A_first_key_that_can_not_be_left_with_its_owner_is_not_added()
    {
        await using var host = new StoreHost(await PostgresServer.CreateDatabaseAsync(Ct), AccessStore.Contents);
        await host.BringSchemaUpToDateAsync();
        var (keys, bootstrap) = (new AccessKeyStore(host.DataSource), new AccessBootstrap(host.DataSource));
        var key = NewKey() with { UserName = "administrator" };
        await Should.ThrowAsync<IOException>(() => bootstrap.AddFirstAsync(key.UserName, () => key, "All", "{}", () => throw new IOException(), Ct));
        (await keys.ListAsync(Ct)).ShouldBeEmpty();
        (await bootstrap.AddFirstAsync(key.UserName, () => key, "All", "{}", () => Task.CompletedTask, Ct)).ShouldBeTrue();
    }

    private StoredAccessKey NewKey()
    {
        var id = Guid.NewGuid().ToString("N");
        return new StoredAccessKey($"AKIA{id[..16].ToUpperInvariant()}", _account, $"user-{id}", [1, 2, 3], null, null, IsEnabled: true, default);
    }

    private async Task<IReadOnlyList<StoredAccessKey>> StoredAsync() =>
        [.. (await Keys.ListAsync(Ct)).Where(key => key.AccountId == _account).OrderBy(key => key.CreatedAt)];
}
