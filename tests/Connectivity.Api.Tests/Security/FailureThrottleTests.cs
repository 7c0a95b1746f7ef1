using System.Diagnostics;
using System.Net;
using Connectivity.Access.Limits;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>Requests that fail to authenticate, by the address they come from.</summary>
public sealed class FailureThrottleTests
{
    [Fact]
    public async Task Failures_beyond_the_burst_are_throttled_and_what_is_signed_is_answered_all_the_same()
    {
        const int Burst = 5;
        await using var host = await ApiHost.StartAsync(
            null, "--Connectivity:Throttling:Failures:PerSecond=1", $"--Connectivity:Throttling:Failures:Burst={Burst}");
        var time = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            new RawRequest("GET", i % 2 == 0 ? "/things" : "/v1/things/pump/events").Unsigned().SendAsync(host)));

        // A token comes at the end of each second that has begun.
        answers.Count(answer => answer.Status == 403).ShouldBeInRange(Burst, Burst + (int)time.Elapsed.TotalSeconds + 1);
        foreach (var answer in answers.Where(answer => answer.Status != 403))
            if (answer.Status == 400) answer.ShouldBeAwsError(400, "ThrottlingException", "Rate exceeded");
            else answer.ShouldBeRefusal(429, "ThrottlingException", "Rate exceeded").Header("Retry-After").ShouldBe("1");
        answers.Select(answer => answer.Status).Distinct().ShouldBe([400, 403, 429], ignoreOrder: true);
        (await host.GetAsync("/things")).Status.ShouldBe(200);
    }

    [Fact]
    public void Each_address_has_a_bucket_of_its_own_and_of_ipv6_each_network_of_64_bits()
    {
        using var throttle = new FailureThrottle(new ThrottlingOptions { Failures = new LimitOptions(1, 1) });
        bool MayFail(string? address) => throttle.TryFail(address is null ? null : IPAddress.Parse(address));
        foreach (var (address, same) in ((string?, string?)[])
        [
            ("192.0.2.1", "::ffff:192.0.2.1"), ("192.0.2.2", "192.0.2.2"), (null, null),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2"), ("2001:db8:0:2::1", "2001:db8:0:2::1"),
        ])
        {
            MayFail(address).ShouldBeTrue();
            // Asked at once, but not told when: the bucket may have got a token meanwhile, and not one for each.
            Enumerable.Range(0, 20).Count(_ => MayFail(same)).ShouldBeLessThanOrEqualTo(2);
        }
    }
}
