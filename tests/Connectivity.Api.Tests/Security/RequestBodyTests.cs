using System.Text;
using Connectivity.Api.Security;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;
using Connectivity.Testing.SigV4;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Security;

/// <summary>What the host holds of the bodies that are sent to it, for how long, and for whom.</summary>
public sealed class RequestBodyTests
{
    private const string Events = "/v1/lifecycle-events";
    private const int MiB = 1024 * 1024;

    private static readonly byte[] Body = new byte[3 * MiB];

    [Theory]
    [InlineData(PayloadSigning.NotNamed)]
    [InlineData(PayloadSigning.Named)]
    public async Task Cuts_a_body_that_falls_silent_after_a_fast_start(PayloadSigning signing)
    {
        await using var host = await ApiHost.StartAsync(null, "--Connectivity:Bodies:Timeout=00:00:01");
        foreach (var target in (string[])[Events, "/things/pump/connectivity-data"])
        {
            var body = Body.AsMemory(0, 120_000);
            using var request = await OpenRequest.StartAsync(host.Address, host.Administrator, target, body, signing);
            await request.SendAsync(body[..^1]);

            (await request.AnswerAsync()).ShouldStartWith("HTTP/1.1 408 ");
        }
    }

    [Fact]
    public async Task Unverified_bodies_of_one_address_share_its_budget_and_small_ones_are_free()
    {
        await using var host = await HostWithBudgetAsync();
        var thing = await host.CreateThingAsync();
        using var held = await HoldAsync(host, host.Administrator with { Secret = "another" });

        // The address has less than the next body needs; who proves itself before its body is read has its own share.
        using var next = await StartAsync(host, host.Administrator, PayloadSigning.NotNamed);
        await next.SendAsync(Body);
        var refusal = await next.AnswerAsync();
        refusal.ShouldStartWith("HTTP/1.1 503 ");
        refusal.ShouldContain("Retry-After: 1");
        using var proved = await StartAsync(host, host.Administrator, PayloadSigning.Named);
        await proved.SendAsync(Body);
        (await proved.AnswerAsync()).ShouldStartWith("HTTP/1.1 400 ", customMessage: "the body is not JSON");
        (await host.AskAsync(thing)).ShouldBeAwsError(400, "IndexNotReadyException");

        held.Dispose();
        await Eventually.Is(
            async () =>
            {
                using var again = await StartAsync(host, host.Administrator, PayloadSigning.NotNamed);
                await again.SendAsync(Body);
                return (await again.AnswerAsync()).StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal);
            },
            because: "a body that broke off gives its room back");
    }

    [Fact]
    public async Task A_verified_user_has_a_share_that_another_user_can_not_use_up()
    {
        await using var host = await HostWithBudgetAsync();
        var (one, other) = (await host.CreateUserAsync(), await host.CreateUserAsync(Policy.AllowAll));
        using var held = await HoldAsync(host, one.Credentials, PayloadSigning.Named);

        using var same = await StartAsync(host, one.Credentials, PayloadSigning.Named);
        await same.SendAsync(Body);
        (await same.AnswerAsync()).ShouldStartWith("HTTP/1.1 503 ");
        using var another = await StartAsync(host, other.Credentials, PayloadSigning.Named);
        await another.SendAsync(Body);
        (await another.AnswerAsync()).ShouldStartWith("HTTP/1.1 400 ");
    }

    [Fact]
    public async Task The_aws_surface_has_its_own_form_of_the_refusal()
    {
        await using var host = await HostWithBudgetAsync();
        using var held = await HoldAsync(
            host, host.Administrator with { Secret = "another" }, bytes: 4 * MiB - MiB / 8);
        var body = Encoding.ASCII.GetBytes("{}".PadRight(100_000));

        (await new RawRequest("POST", "/things/pump/connectivity-data").WithBody(body).Signed(
            (head, sent) => host.Administrator.Signer()
                .Sign(head, DateTimeOffset.UtcNow, sent, PayloadSigning.NotNamed)).SendAsync(host))
            .ShouldBeAwsError(503, "ServiceUnavailableException").Header("Retry-After").ShouldBe("1");
    }

    private static Task<ApiHost> HostWithBudgetAsync() => ApiHost.StartAsync(
        null, "--Connectivity:Bodies:Timeout=00:10:00", $"--Connectivity:Bodies:MaximumBytes={8 * MiB}",
        $"--Connectivity:Bodies:MaximumBytesPerCaller={4 * MiB}");

    private static Task<OpenRequest> StartAsync(ApiHost host, Credentials credentials, PayloadSigning signing) =>
        OpenRequest.StartAsync(host.Address, credentials, Events, Body, signing);

    /// <summary>A body of which the host has received all but the end.</summary>
    private static async Task<OpenRequest> HoldAsync(
        ApiHost host, Credentials credentials, PayloadSigning signing = PayloadSigning.NotNamed, int bytes = 3 * MiB)
    {
        var body = new byte[bytes];
        var request = await OpenRequest.StartAsync(host.Address, credentials, Events, body, signing);
        await request.SendAsync(body.AsMemory(0, bytes - 1));
        var held = host.Services.GetRequiredService<RequestBodies>();
        await Eventually.Is(() => held.Held > bytes - 64 * 1024, because: "the host holds the body");
        return request;
    }
}
