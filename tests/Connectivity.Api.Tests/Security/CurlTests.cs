using System.Diagnostics;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.Security;

/// <summary>curl, which signs with <c>--aws-sigv4</c> and so can replace an AWS client.</summary>
public sealed class CurlTests(AccessHost access)
{
    private ApiHost Host => access.Host;

    [Theory]
    [InlineData("iot")]
    [InlineData("execute-api")]
    public async Task Curl_is_answered_on_both_surfaces(string service)
    {
        var thing = await Host.CreateThingAsync();
        (await CurlAsync(
            Host.Administrator, $"/things/{thing}/connectivity-data", service,
            "-d", "{}", "-H", "Content-Type: application/json"))
            .Json.Text("thingName").ShouldBe(thing);
        (await CurlAsync(Host.Administrator, $"/v1/things/{thing}/connectivity", service)).Json.Text("thingName")
            .ShouldBe(thing);
        var reported = await CurlAsync(
            Host.Administrator, "/v1/lifecycle-events?import=true", service,
            "-d", Event.Connected(thing).ToJsonString(), "-H", "Content-Type: application/json");
        ApiHost.Outcomes(reported).ShouldBe([("accepted", null)]);
    }

    [Fact]
    public async Task Curl_is_answered_with_a_temporary_key()
    {
        var user = await Host.CreateKeyAsync(
            $"user-{Guid.NewGuid():N}", expiresAt: DateTimeOffset.UtcNow.AddMinutes(15));
        await Host.AttachAsync(user, "all", Policy.AllowAll);
        var token = $"X-Amz-Security-Token: {user.Credentials.SessionToken}";
        (await CurlAsync(user.Credentials, "/indices", "iot", "-H", token)).Status.ShouldBe(200);
        (await CurlAsync(user.Credentials, "/indices", "iot")).Status.ShouldBe(403);
    }

    [Fact]
    public async Task Curl_gets_the_error_for_a_wrong_secret_in_the_form_of_the_surface()
    {
        var wrong = Host.Administrator with { Secret = "another" };
        (await CurlAsync(wrong, "/indices", "iot")).Message!
            .ShouldStartWith("The request signature we calculated does not match");
        (await CurlAsync(wrong, "/v1/things/pump/events", "iot")).Json.Text("code")
            .ShouldBe("InvalidSignatureException");
    }

    private async Task<Answer> CurlAsync(
        Credentials credentials, string target, string service, params string[] further)
    {
        var start = new ProcessStartInfo(Prerequisite.Curl(),
        [
            "--silent", "--show-error", "--aws-sigv4", $"aws:amz:us-east-1:{service}",
            "--user", $"{credentials.AccessKeyId}:{credentials.Secret}",
            "--write-out", "\n%{http_code}", .. further, $"{Host.Address.OriginalString}{target}",
        ])
        { RedirectStandardOutput = true };
        using var curl = Process.Start(start)!;
        var output = await curl.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await curl.WaitForExitAsync(TestContext.Current.CancellationToken);
        curl.ExitCode.ShouldBe(0);
        var status = output.LastIndexOf('\n');
        return new Answer(int.Parse(output[(status + 1)..]), new Dictionary<string, string>(), output[..status]);
    }
}
