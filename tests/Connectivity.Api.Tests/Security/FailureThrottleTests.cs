using System.Diagnostics;
using System.Net;
using Connectivity.Access.Limits;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>The throttling of failed authentications by source address.</summary>
public sealed class FailureThrottleTests
{
    [Fact]
    public async Task Throttles_authentication_failures_beyond_the_burst_but_no_signed_request()
    {
        const int Burst = 5;
        await using var host = await ApiHost.StartAsync(
            null,
            "--Connectivity:Throttling:Failures:PerSecond=1",
            $"--Connectivity:Throttling:Failures:Burst={Burst}");
        var time = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
            new RawRequest("GET", i % 2 == 0 ? "/things" : "/v1/things/pump/events").Unsigned().SendAsync(host)));

        // The bucket gets a token at the end of each second.
        answers.Count(answer => answer.Status == 403)
            .ShouldBeInRange(Burst, Burst + (int)time.Elapsed.TotalSeconds + 1);
        foreach (var answer in answers.Where(answer => answer.Status != 403))
            if (answer.Status == 400) answer.ShouldBeAwsError(400, "ThrottlingException", "Rate exceeded");
            else answer.ShouldBeRefusal(429, "ThrottlingException", "Rate exceeded")
                .Header("Retry-After").ShouldBe("1");
        answers.Select(answer => answer.Status).Distinct().ShouldBe([400, 403, 429], ignoreOrder: true);
        (await host.GetAsync("/things")).Status.ShouldBe(200);
    }

    [Fact]
    public void Each_ipv4_address_and_each_ipv6_network_of_64_bits_has_its_own_bucket()
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
            // The bucket may have got one more token in the meantime, but not one for each attempt.
            Enumerable.Range(0, 20).Count(_ => MayFail(same)).ShouldBeLessThanOrEqualTo(2);
        }
    }
}
