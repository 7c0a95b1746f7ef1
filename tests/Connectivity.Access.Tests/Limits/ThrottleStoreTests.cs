using System.Diagnostics;
using Connectivity.Access.Limits;

namespace Connectivity.Access.Tests.Limits;

/// <summary>Token buckets that all hosts share, and the limits of accounts.</summary>
public sealed class ThrottleStoreTests(AccessDatabase database) : IClassFixture<AccessDatabase>
{
    private const string Table = ThrottleTables.BucketsName;

    private StoreHost Host => database.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_unused_bucket_is_full_and_gives_at_most_what_is_requested_and_available()
    {
        var limit = NewLimit(perSecond: 1, burst: 10);
        var time = Stopwatch.StartNew();
        (await TakeAsync(limit, 3)).ShouldBe(3);
        (await TakeAsync(limit, 4)).ShouldBe(4);
        (await TakeAsync(limit, 100)).ShouldBeInRange(3, 3 + (int)time.Elapsed.TotalSeconds);
    }

    [Fact]
    public async Task An_empty_bucket_fills_by_the_databases_clock_up_to_the_burst()
    {
        var limit = NewLimit(perSecond: 2, burst: 10);
        var time = Stopwatch.StartNew();
        await TakeAsync(limit, 10);
        await AgeAsync(limit, "3 seconds");
        (await TakeAsync(limit, 10)).ShouldBeInRange(6, 6 + (int)Math.Ceiling(2 * time.Elapsed.TotalSeconds));
        await AgeAsync(limit, "1 hour");
        (await TakeAsync(limit, 100)).ShouldBe(10);
    }

    [Fact]
    public async Task Fractions_of_a_token_accumulate()
    {
        var limit = NewLimit(perSecond: 1, burst: 10);
        var time = Stopwatch.StartNew();
        await TakeAsync(limit, 10);
        var taken = 0;
        // Ten times three tenths of a second.
        for (var i = 0; i < 10; i++)
        {
            await AgeAsync(limit, "300 milliseconds");
            taken += await TakeAsync(limit, 10);
        }

        taken.ShouldBeInRange(3, 3 + (int)Math.Ceiling(time.Elapsed.TotalSeconds));
    }

    [Fact]
    public async Task Setting_the_clock_back_neither_removes_tokens_nor_gives_them_twice()
    {
        var limit = NewLimit(perSecond: 1000, burst: 10);
        await TakeAsync(limit, 5);
        // As if the clock had been an hour ahead.
        await AgeAsync(limit, "-1 hour");
        var left = await Host.ScalarAsync<double>(
            $"select floor(tokens) from {Table} where account = $1", limit.AccountId);
        (await TakeAsync(limit, 100)).ShouldBe((int)left);
        (await TakeAsync(limit, 100)).ShouldBe(0);
    }

    [Fact]
    public async Task Lowering_a_limit_caps_the_tokens_in_the_bucket()
    {
        var limit = NewLimit(perSecond: 1, burst: 1000);
        await TakeAsync(limit, 1);
        (await TakeAsync(limit with { Burst = 2 }, 100)).ShouldBe(2);
    }

    [Fact]
    public async Task Each_account_and_each_group_of_operations_has_a_bucket_of_its_own()
    {
        var limit = NewLimit(perSecond: 1, burst: 5);
        await TakeAsync(limit, 5);
        (await TakeAsync(limit with { Operations = "other" }, 5)).ShouldBe(5);
        (await TakeAsync(NewLimit(perSecond: 1, burst: 5), 5)).ShouldBe(5);
    }

    [Fact]
    public async Task Many_connections_together_take_exactly_what_the_rate_gives()
    {
        var limit = NewLimit(perSecond: 500, burst: 1_000_000);
        var time = Stopwatch.StartNew();
        (await TakeAsync(limit, 1_000_000)).ShouldBe(1_000_000);
        var began = await RefilledAsync(limit);

        var taken = (await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var sum = 0;
            for (var i = 0; i < 40; i++)
                sum += await (writer % 2 == 0 ? database.Host : database.OtherHost)
                    .Throttle.TakeAsync(limit, 1 + i % 7, Ct);
            return sum;
        })))).Sum();

        taken.ShouldBeLessThanOrEqualTo((int)(500 * time.Elapsed.TotalSeconds));
        // No token is lost or given twice: those that came in are those taken and those left.
        var left = await Host.ScalarAsync<double>($"select tokens from {Table} where account = $1", limit.AccountId);
        (taken + left).ShouldBe(500 * (await RefilledAsync(limit) - began), 0.1);
        taken.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Concurrent_first_uses_of_a_bucket_share_one_burst()
    {
        var limit = NewLimit(perSecond: 1, burst: 10);
        var time = Stopwatch.StartNew();
        var taken = await Task.WhenAll(Enumerable.Range(0, 10).Select(i =>
            Task.Run(() => (i % 2 == 0 ? database.Host : database.OtherHost).Throttle.TakeAsync(limit, 2, Ct))));
        taken.Sum().ShouldBeInRange(10, 10 + (int)time.Elapsed.TotalSeconds);
    }

    [Fact]
    public async Task Limits_are_set_changed_and_reset()
    {
        var limit = NewLimit(perSecond: 1.5, burst: 3);
        await Host.Throttle.SetAsync(limit, Ct);
        (await LimitsAsync()).ShouldBe([limit]);
        await Host.Throttle.SetAsync(limit with { PerSecond = 2 }, Ct);
        await Host.Throttle.SetAsync(limit with { Operations = "other" }, Ct);
        (await LimitsAsync()).ShouldBe([limit with { Operations = "other" }, limit with { PerSecond = 2 }]);
        await Host.Throttle.ResetAsync(limit.AccountId, limit.Operations, Ct);
        await Host.Throttle.ResetAsync(limit.AccountId, "unknown", Ct);
        (await LimitsAsync()).ShouldBe([limit with { Operations = "other" }]);

        async Task<List<StoredLimit>> LimitsAsync()
        {
            var limits = await database.OtherHost.Throttle.LimitsAsync(Ct);
            return [.. limits.Where(stored => stored.AccountId == limit.AccountId)];
        }
    }

    private static StoredLimit NewLimit(double perSecond, double burst) =>
        new(SharedDatabase.NewAccount().Id, "queries", perSecond, burst);

    private Task<int> TakeAsync(StoredLimit limit, int wanted) => Host.Throttle.TakeAsync(limit, wanted, Ct);

    /// <summary>As if that much time had passed.</summary>
    private async Task AgeAsync(StoredLimit limit, string time) => (await Host.ExecuteAsync(
        $"update {Table} set refilled_at = refilled_at - $2::text::interval where account = $1", limit.AccountId,
        time)).ShouldBe(1);

    private Task<double> RefilledAsync(StoredLimit limit) => Host.ScalarAsync<double>(
        $"select extract(epoch from refilled_at)::double precision from {Table} where account = $1", limit.AccountId);
}
