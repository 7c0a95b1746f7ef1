using System.Diagnostics;
using Connectivity.Access.Limits;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Connectivity.Testing.SigV4;

namespace Connectivity.Api.Tests.Security;

/// <summary>The limits of accounts, across all hosts on a database.</summary>
public sealed class ThrottlingTests(TwoHosts hosts, AwsSdk sdk) : IClassFixture<TwoHosts>
{
    private const string Data = OperationGroup.GetThingConnectivityData;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_hosts_together_admit_the_burst_and_the_rate_of_an_account()
    {
        const int Burst = 12;
        var user = await hosts.NewUserAsync();
        await hosts.LimitAsync(user.AccountId, Data, 1, Burst);
        using Counters first = new(hosts.First), second = new(hosts.Second);
        var time = Stopwatch.StartNew();

        var admitted = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(i => TwoHosts.IsAdmittedAsync(hosts.Both[i % 2], user)));

        admitted.Count(yes => yes).ShouldBeInRange(Burst, Burst + (int)time.Elapsed.TotalSeconds);
        var refused = (Counters counters) => counters.Of("connectivity.requests_refused", "ThrottlingException");
        (refused(first) + refused(second)).ShouldBe(admitted.Count(yes => !yes));
    }

    [Fact]
    public async Task Two_hosts_under_concurrent_load_both_get_their_share_of_a_limit()
    {
        const int PerSecond = 100, Burst = 10;
        var user = await hosts.NewUserAsync();
        await hosts.LimitAsync(user.AccountId, Data, PerSecond, Burst);
        var admitted = new int[2];
        var time = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            while (admitted.Sum() < 100)
                if (await TwoHosts.IsAdmittedAsync(hosts.Both[i % 2], user)) Interlocked.Increment(ref admitted[i % 2]);
        }));

        admitted.Sum().ShouldBeLessThanOrEqualTo(Burst + (int)(PerSecond * time.Elapsed.TotalSeconds));
        admitted.ShouldAllBe(share => share >= 15);
    }

    [Fact]
    public async Task Each_account_has_its_own_limit()
    {
        const int Burst = 3;
        var (one, other) = (await hosts.NewUserAsync(), await hosts.NewUserAsync());
        foreach (var user in (User[])[one, other]) await hosts.LimitAsync(user.AccountId, Data, 1, Burst);
        await UntilThrottledAsync(hosts.First, one);
        for (var i = 0; i < Burst; i++) (await TwoHosts.IsAdmittedAsync(hosts.Second, other)).ShouldBeTrue();
    }

    [Fact]
    public async Task Unauthenticated_requests_do_not_count_against_the_limit_of_the_account()
    {
        const int Burst = 3;
        var user = await hosts.NewUserAsync();
        await hosts.LimitAsync(user.AccountId, Data, 1, Burst);
        var impostor = user with { Credentials = user.Credentials with { Secret = "another" } };
        foreach (var host in hosts.Both)
        {
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
                (await host.SendAsync(impostor, "POST", "/things/pump/connectivity-data", "{}"))
                    .ShouldBeAwsError(403, "InvalidSignatureException")));
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
                (await new RawRequest("POST", "/things/pump/connectivity-data").Unsigned().SendAsync(host))
                    .ShouldBeAwsError(403, "MissingAuthenticationTokenException")));
            // Valid except for the body.
            await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
                (await new RawRequest("POST", "/things/pump/connectivity-data")
                    .Signed((head, _) => user.Credentials.Signer()
                        .Sign(head, DateTimeOffset.UtcNow, "{ }"u8, PayloadSigning.Named))
                    .WithBody("{}").SendAsync(host)).Status.ShouldBe(403)));
        }

        for (var i = 0; i < Burst; i++) (await TwoHosts.IsAdmittedAsync(hosts.Both[i % 2], user)).ShouldBeTrue();
    }

    [Fact]
    public async Task Each_group_of_operations_has_its_own_limit_and_the_throttling_error_of_its_surface()
    {
        (string Group, string Method, string Path)[] operations =
        [
            (Data, "POST", "/things/pump/connectivity-data"),
            (OperationGroup.Registry, "GET", "/things"),
            (OperationGroup.Indexing, "GET", "/indexing/config"),
            (OperationGroup.Ingest, "POST", "/v1/lifecycle-events"),
            (OperationGroup.History, "GET", "/v1/things/pump/events"),
        ];
        operations.Select(operation => operation.Group).ShouldBe(OperationGroup.All);
        var user = await hosts.NewUserAsync();
        foreach (var group in OperationGroup.All) await hosts.LimitAsync(user.AccountId, group, 1, 1);

        foreach (var (group, method, path) in operations)
        {
            Task<Answer> SendAsync() => hosts.First.SendAsync(user, method, path, method == "POST" ? "[]" : null);
            var answer = await SendAsync();
            answer.Body.ShouldNotContain("Rate exceeded", Case.Sensitive, $"{group} has not been used before");
            await Eventually.Is(
                async () => (answer = await SendAsync()).Body.Contains("Rate exceeded"),
                because: $"{group} is limited");
            if (path.StartsWith("/v1", StringComparison.Ordinal))
            {
                answer.ShouldBeRefusal(429, "ThrottlingException", "Rate exceeded");
                answer.Header("Retry-After").ShouldBe("1");
            }
            else
            {
                answer.ShouldBeAwsError(400, "ThrottlingException", "Rate exceeded");
                answer.Header("Retry-After").ShouldBeNull();
            }
        }
    }

    [Fact]
    public async Task The_aws_sdk_succeeds_by_retrying()
    {
        var user = await hosts.NewUserAsync(Policy.AllowAll);
        await hosts.LimitAsync(user.AccountId, Data, 1, 1);
        using var counters = new Counters(hosts.First);
        await Eventually.Is(
            async () => (await AskAsync(attempts: 1)).Reply.Error is { Name: "ThrottlingException", Status: 400 },
            because: "the SDK is throttled");

        // Indexing is off in the account, so a request that is not throttled gets this error.
        await Eventually.Is(async () =>
        {
            var (reply, wasThrottled) = await AskAsync(attempts: 10);
            reply.ShouldBeError("IndexNotReadyException", 400);
            return wasThrottled;
        }, because: "the SDK succeeded after it was throttled");

        // Other requests use up the limit until the SDK is throttled, because the bucket refills in the meantime.
        async Task<(AwsSdk.Reply Reply, bool WasThrottled)> AskAsync(int attempts)
        {
            var (before, others) = (Refused(), 0L);
            var asking = sdk.CallAsync(
                hosts.First, user.Credentials, "GetThingConnectivityData", new { thingName = "pump" },
                attempts: attempts);
            while (!asking.IsCompleted && Refused() - before == others)
            {
                var other = await hosts.First.SendAsync(user, "POST", "/things/pump/connectivity-data", "{}");
                if (other.Body.Contains("Rate exceeded")) others++;
            }

            return (await asking, Refused() - before > others);
        }

        long Refused() => counters.Of("connectivity.requests_refused", "ThrottlingException");
    }

    [Fact]
    public async Task A_changed_limit_applies_to_running_hosts()
    {
        var user = await hosts.NewUserAsync();
        await hosts.LimitAsync(user.AccountId, Data, 1, 1);
        await UntilThrottledAsync(hosts.First, user);
        await hosts.LimitAsync(user.AccountId, Data, 1_000_000, 1_000_000);
        await Eventually.Is(() => TwoHosts.IsAdmittedAsync(hosts.First, user), because: "the higher limit applies");
        for (var i = 0; i < 50; i++) (await TwoHosts.IsAdmittedAsync(hosts.Both[i % 2], user)).ShouldBeTrue();
        await hosts.LimitAsync(user.AccountId, Data, 1, 1);
        foreach (var host in hosts.Both) await UntilThrottledAsync(host, user);
    }

    private static Task UntilThrottledAsync(ApiHost host, User user) =>
        Eventually.Is(async () => !await TwoHosts.IsAdmittedAsync(host, user), because: "the account is throttled");
}
