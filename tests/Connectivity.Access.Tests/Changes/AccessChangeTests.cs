using System.Threading.Channels;
using Connectivity.Access.Changes;
using Connectivity.Access.Keys;
using Connectivity.Access.Policies;

namespace Connectivity.Access.Tests.Changes;

/// <summary>Every change of access is announced to every host, after it can be read.</summary>
public sealed class AccessChangeTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_change_is_announced_when_it_can_be_read()
    {
        var connectionString = await PostgresServer.CreateDatabaseAsync(Ct);
        await using var here = new StoreHost(connectionString, AccessStore.Contents);
        await using var there = new StoreHost(connectionString, AccessStore.Contents);
        await here.BringSchemaUpToDateAsync();
        var (keys, policies) = (new AccessKeyStore(here.DataSource), new UserPolicyStore(here.DataSource));
        var key = new StoredAccessKey("AKIA1", "000000000001", "ann", [1], null, null, IsEnabled: true, default);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var (listening, received) = (new TaskCompletionSource(), Channel.CreateUnbounded<AccessChange>());
        var reading = ReadAsync();
        await listening.Task.WaitAsync(Eventually.Default, Ct);

        (Func<Task> Change, Func<Task<bool>> IsVisible)[] steps =
        [
            (() => keys.AddAsync(key, Ct), async () => (await SeenAsync()).Any()),
            (() => keys.ReplaceAsync("AKIA1", DateTimeOffset.UtcNow, key with { AccessKeyId = "AKIA2" }, Ct),
                async () => (await SeenAsync()).Count == 2),
            (() => keys.DisableAsync("AKIA2", Ct), async () => (await SeenAsync()).Any(seen => !seen.IsEnabled)),
            (() => keys.DeleteAsync("AKIA1", Ct), async () => (await SeenAsync()).Count == 1),
            (() => policies.AttachAsync(new StoredPolicy(key.AccountId, "ann", "All", "{}"), Ct),
                async () => (await SeenPoliciesAsync()) == 1),
            (() => policies.DetachAsync(key.AccountId, "ann", "All", Ct), async () => (await SeenPoliciesAsync()) == 0),
        ];
        foreach (var (change, isVisible) in steps)
        {
            await change();
            (await received.Reader.ReadAsync(Ct).AsTask().WaitAsync(Eventually.Default, Ct))
                .ShouldBe(new AccessChange(ThingName: null));
            (await isVisible()).ShouldBeTrue();
        }

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => reading);
        received.Reader.TryRead(out _).ShouldBeFalse("each change is announced once");

        async Task ReadAsync()
        {
            var changes = AccessChange.Channel.ListenAsync(
                there.DataSource,
                () =>
                {
                    listening.SetResult();
                    return Task.CompletedTask;
                },
                stop.Token);
            await foreach (var change in changes) received.Writer.TryWrite(change);
        }

        Task<IReadOnlyList<StoredAccessKey>> SeenAsync() => new AccessKeyStore(there.DataSource).ListAsync(Ct);
        async Task<int> SeenPoliciesAsync() => (await new UserPolicyStore(there.DataSource).ListAsync(Ct)).Count;
    }
}
