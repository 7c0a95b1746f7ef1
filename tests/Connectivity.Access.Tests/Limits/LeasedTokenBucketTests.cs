using Connectivity.Access.Limits;
using CsCheck;

namespace Connectivity.Access.Tests.Limits;

/// <summary>What a host makes of the bucket that it shares with others, by a clock that a test moves.</summary>
public sealed class LeasedTokenBucketTests
{
    /// <summary>Of 50 ms, half as much again at most.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(75);

    private static readonly StoredLimit Limit = new("account", "group", PerSecond: 200, Burst: 1000);

    [Fact]
    public async Task A_lease_is_of_50_ms_and_is_spent_before_the_shared_bucket_is_asked_again()
    {
        var shared = new SharedBucket { Tokens = 1000 };
        using var bucket = shared.Lease(() => Limit);
        for (var i = 0; i < 20; i++) (await TryAsync(bucket)).ShouldBeTrue();
        shared.Wanted.ShouldBe([10, 10]);
    }

    [Fact]
    public async Task A_lease_is_at_least_one_token_and_at_most_the_burst()
    {
        var shared = new SharedBucket { Tokens = 1000 };
        using var slow = shared.Lease(() => Limit with { PerSecond = 0.1 });
        using var small = shared.Lease(() => Limit with { Burst = 3 });
        await TryAsync(slow);
        await TryAsync(small);
        shared.Wanted.ShouldBe([1, 3]);
    }

    [Fact]
    public async Task While_the_shared_bucket_is_known_to_be_empty_it_is_not_asked()
    {
        var shared = new SharedBucket { Tokens = 0 };
        using var bucket = shared.Lease(() => Limit);
        (await TryAsync(bucket)).ShouldBeFalse();
        shared.Tokens = 1000;
        shared.Clock.Advance(LongestPause / 3 - TimeSpan.FromTicks(1));
        for (var i = 0; i < 100; i++) (await TryAsync(bucket)).ShouldBeFalse();
        shared.Wanted.Count.ShouldBe(1);
        shared.Clock.Advance(LongestPause);
        (await TryAsync(bucket)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_left_of_the_shared_bucket_is_spent_before_the_pause()
    {
        var shared = new SharedBucket { Tokens = 4 };
        using var bucket = shared.Lease(() => Limit);
        for (var i = 0; i < 4; i++) (await TryAsync(bucket)).ShouldBeTrue();
        (await TryAsync(bucket)).ShouldBeFalse();
        shared.Wanted.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_changed_limit_voids_the_tokens_of_the_former_one()
    {
        var (shared, limit) = (new SharedBucket { Tokens = 1000 }, Limit with { PerSecond = 10_000 });
        using var bucket = shared.Lease(() => limit);
        await TryAsync(bucket);
        limit = Limit with { PerSecond = 20 };
        shared.Tokens = 0;
        (await TryAsync(bucket)).ShouldBeFalse();
        shared.Wanted.ShouldBe([500, 1]);
    }

    [Fact]
    public async Task Callers_that_wait_share_one_question_and_one_that_gives_up_leaves_it_to_the_others()
    {
        var shared = new SharedBucket { Tokens = 1000 };
        var answer = new TaskCompletionSource();
        shared.Delay = answer.Task;
        using var bucket = shared.Lease(() => Limit);
        using var giveUp = new CancellationTokenSource();
        var impatient = bucket.AcquireAsync(1, giveUp.Token).AsTask();
        var others = Enumerable.Range(0, 15).Select(_ => TryAsync(bucket)).ToList();
        await giveUp.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(impatient);
        answer.SetResult();

        (await Task.WhenAll(others)).ShouldAllBe(granted => granted);
        // Ten had the first lease, and the rest shared a second.
        shared.Wanted.ShouldBe([10, 10]);
    }

    [Fact]
    public async Task A_failed_question_fails_its_callers_and_the_next_caller_asks_again()
    {
        var shared = new SharedBucket { Tokens = 1000, Delay = Task.FromException(new TimeoutException()) };
        using var bucket = shared.Lease(() => Limit);
        await Should.ThrowAsync<TimeoutException>(() => TryAsync(bucket));
        shared.Delay = Task.CompletedTask;
        (await TryAsync(bucket)).ShouldBeTrue();
    }

    [Fact]
    public void An_attempt_without_waiting_never_asks_the_shared_bucket()
    {
        var shared = new SharedBucket { Tokens = 1000 };
        using var bucket = shared.Lease(() => Limit);
        using var lease = bucket.AttemptAcquire();
        lease.IsAcquired.ShouldBeFalse();
        shared.Wanted.ShouldBeEmpty();
        Should.Throw<ArgumentOutOfRangeException>(() => bucket.AttemptAcquire(2));
    }

    /// <summary>
    /// Several hosts at any moments: together they admit what the shared bucket gave, less one unspent lease for each;
    /// the questions of a host are at least 25 ms apart where the bucket is empty; and no host waits for ever.
    /// </summary>
    [Fact]
    public void Hosts_admit_together_what_the_shared_bucket_gives() =>
        Gen.Select(
            Gen.Int[1, 4], Gen.Int[20, 2_000], Gen.Int[1, 200],
            Gen.Select(Gen.Int[0, 3], Gen.Int[0, 30], Gen.Int[1, 40]).Array[1, 60])
            .Sample((hosts, perSecond, burst, steps) =>
            {
                var limit = Limit with { PerSecond = perSecond, Burst = burst };
                var shared = new SharedBucket { Tokens = burst };
                var buckets = Enumerable.Range(0, hosts).Select(_ => shared.Lease(() => limit)).ToList();
                var admitted = 0;
                foreach (var (host, milliseconds, requests) in steps)
                {
                    shared.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds));
                    shared.Refill(limit, milliseconds);
                    for (var i = 0; i < requests; i++)
                        if (TryAsync(buckets[host % hosts]).GetAwaiter().GetResult()) admitted++;
                }

                var lease = (int)Math.Max(1, Math.Min(burst, perSecond * 0.05));
                admitted.ShouldBeLessThanOrEqualTo(shared.Given);
                admitted.ShouldBeGreaterThanOrEqualTo(shared.Given - hosts * lease);
                // A host asks while it gets whole leases, and once for each of its pauses.
                var elapsed = steps.Sum(step => step.Item2);
                shared.Wanted.Count.ShouldBeLessThanOrEqualTo(
                    shared.Given / lease + hosts * (elapsed / 25 + 1));
                // After its pause each host gets its tokens, if there are enough.
                shared.Clock.Advance(LongestPause);
                shared.Tokens = hosts * lease;
                foreach (var bucket in buckets) TryAsync(bucket).GetAwaiter().GetResult().ShouldBeTrue();
                foreach (var bucket in buckets) bucket.Dispose();
            });

    private static async Task<bool> TryAsync(LeasedTokenBucket bucket)
    {
        using var lease = await bucket.AcquireAsync(1, TestContext.Current.CancellationToken);
        return lease.IsAcquired;
    }

    /// <summary>In memory, what <see cref="ThrottleStore"/> keeps in the database.</summary>
    private sealed class SharedBucket
    {
        public MovableClock Clock { get; } = new();

        public double Tokens { get; set; }

        public int Given { get; private set; }

        public List<int> Wanted { get; } = [];

        public Task Delay { get; set; } = Task.CompletedTask;

        public LeasedTokenBucket Lease(Func<StoredLimit> limit) => new(limit, TakeAsync, Clock);

        public void Refill(StoredLimit limit, int milliseconds) =>
            Tokens = Math.Min(limit.Burst, Tokens + limit.PerSecond * milliseconds / 1000);

        private async Task<int> TakeAsync(StoredLimit limit, int wanted, CancellationToken cancellationToken)
        {
            Wanted.Add(wanted);
            await Delay;
            var taken = (int)Math.Min(Math.Min(limit.Burst, Tokens), wanted);
            Tokens -= taken;
            Given += taken;
            return taken;
        }
    }

    private sealed class MovableClock : TimeProvider
    {
        private TimeSpan _elapsed;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _elapsed.Ticks;

        public void Advance(TimeSpan by) => _elapsed += by;
    }
}
