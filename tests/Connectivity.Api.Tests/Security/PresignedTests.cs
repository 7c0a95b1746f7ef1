using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Aws.SigV4;

namespace Connectivity.Api.Tests.Security;

/// <summary>Requests that carry their signature in the query.</summary>
public sealed class PresignedTests(AccessHost access)
{
    private const string Mismatch =
        "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    private static readonly TimeSpan AMinute = TimeSpan.FromMinutes(1);

    private ApiHost Host => access.Host;

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    [Theory]
    [InlineData("/indices")]
    [InlineData("/things?maxResults=3&attributeName=site")]
    [InlineData("/things/no%3Abody")]
    public async Task A_presigned_request_is_accepted_on_the_aws_surface(string target) =>
        (await SendAsync(target)).Status.ShouldBe(target.Contains('%') ? 404 : 200);

    [Fact]
    public async Task A_presigned_request_is_accepted_on_the_rest_surface() =>
        (await SendAsync("/v1/things/not-registered/connectivity?includeSocketInformation=true")).ShouldBeProblem(404);

    [Fact]
    public async Task A_presigned_signature_covers_the_body()
    {
        var name = await Host.CreateThingAsync();
        var target = Presign("POST", $"/things/{name}/connectivity-data", Host.Administrator, body: "{}");
        (await new RawRequest("POST", target).Unsigned().WithBody("{}").SendAsync(Host)).Status.ShouldBe(200);
        (await new RawRequest("POST", target).Unsigned().WithBody("{ }").SendAsync(Host))
            .ShouldBeAwsError(403, "InvalidSignatureException", Mismatch);
    }

    [Fact]
    public async Task A_presigned_request_is_valid_until_its_expiry()
    {
        var sevenDays = TimeSpan.FromDays(7);
        (await SendAsync("/indices", at: Now - sevenDays + AMinute, expires: sevenDays)).Status.ShouldBe(200);
        (await SendAsync("/indices", at: Now - 2 * AMinute, expires: AMinute))
            .ShouldBeAwsError(403, "InvalidSignatureException")
            .Message!.ShouldMatch(@"^Signature expired: \S+ is now earlier than \S+ \(\S+ - 1 min\.\)$");
        (await SendAsync("/v1/things/not-registered/events", at: Now - 2 * AMinute, expires: AMinute))
            .ShouldBeRefusal(403, "InvalidSignatureException");
    }

    [Fact]
    public async Task A_presigned_request_is_not_yet_current_more_than_five_minutes_before_its_time() =>
        (await SendAsync("/indices", at: Now + 6 * AMinute)).ShouldBeAwsError(403, "InvalidSignatureException")
            .Message!.ShouldMatch(@"^Signature not yet current: \S+ is still later than \S+ \(\S+ \+ 5 min\.\)$");

    [Fact]
    public async Task A_presigned_request_has_its_session_token_in_the_query_or_in_the_header()
    {
        var user = await Host.CreateKeyAsync($"temporary-{Guid.NewGuid():N}", expiresAt: Now + 15 * AMinute);
        await Host.AttachAsync(user, "all", Policy.AllowAll);
        var (id, secret, token) = user.Credentials;

        (await SendAsync("/indices", user.Credentials)).Status.ShouldBe(200);
        (await SendAsync("/indices", new Credentials(id, secret))).ShouldBeAwsError(403, "UnrecognizedClientException");
        (await SendAsync("/indices", new Credentials(id, secret, "another")))
            .ShouldBeAwsError(403, "UnrecognizedClientException");

        var target = Presign("GET", "/indices", new Credentials(id, secret), header: ("x-amz-security-token", token!));
        (await new RawRequest("GET", target).Unsigned().WithHeader("X-Amz-Security-Token", token!).SendAsync(Host))
            .Status.ShouldBe(200);
    }

    [Fact]
    public async Task Refuses_presigned_requests_with_a_wrong_key_secret_or_region()
    {
        var administrator = Host.Administrator;
        (await SendAsync("/indices", administrator with { AccessKeyId = "AKIANOBODYHASTHISKEY" }))
            .ShouldBeAwsError(403, "UnrecognizedClientException");
        (await SendAsync("/indices", administrator with { Secret = "another" }))
            .ShouldBeAwsError(403, "InvalidSignatureException", Mismatch);
        (await SendAsync("/indices", region: "eu-west-1"))
            .ShouldBeAwsError(403, "InvalidSignatureException", "Credential should be scoped to a valid region.");
    }

    [Theory]
    [InlineData("X-Amz-Signature", null,
        "AWS query-string parameters must include 'X-Amz-Signature'. Re-examine the query-string parameters.")]
    [InlineData("X-Amz-Date", null,
        "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.")]
    [InlineData("X-Amz-Expires", null,
        "AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.")]
    [InlineData("X-Amz-Expires", "604801", "X-Amz-Expires must be a number of seconds from 1 to 604800.")]
    [InlineData("X-Amz-Expires", "0", "X-Amz-Expires must be a number of seconds from 1 to 604800.")]
    [InlineData("X-Amz-Algorithm", "AWS4-ECDSA-P256-SHA256",
        "Unsupported AWS 'algorithm': must be 'AWS4-HMAC-SHA256'.")]
    [InlineData("X-Amz-Date", "yesterday", "Date must be in ISO-8601 'basic format'.")]
    public async Task Refuses_an_incomplete_presigned_query(string parameter, string? value, string message)
    {
        var target = Presign("GET", "/indices", Host.Administrator);
        var changed = Regex.Replace(target, $"[?&]{parameter}=[^&]*", value is null ? "" : $"&{parameter}={value}");
        if (!changed.Contains('?')) changed = new Regex("&").Replace(changed, "?", 1);
        (await new RawRequest("GET", changed).Unsigned().SendAsync(Host))
            .ShouldBeAwsError(403, "IncompleteSignatureException", message);
    }

    [Fact]
    public async Task Refuses_a_request_that_is_signed_in_both_header_and_query() =>
        (await new RawRequest("GET", Presign("GET", "/indices", Host.Administrator)).SendAsync(Host)).ShouldBeAwsError(
            403, "IncompleteSignatureException",
            "A request must be signed in its Authorization header or its query, not in both.");

    private async Task<Answer> SendAsync(
        string target, Credentials? credentials = null, DateTimeOffset? at = null, TimeSpan? expires = null,
        string region = "us-east-1") =>
        await new RawRequest("GET", Presign("GET", target, credentials ?? Host.Administrator, at, expires, region))
            .Unsigned().SendAsync(Host);

    private string Presign(
        string method, string target, Credentials credentials, DateTimeOffset? at = null, TimeSpan? expires = null,
        string region = "us-east-1", string body = "", (string Name, string Value)? header = null)
    {
        var head = new RequestHead(method, target);
        head.Add("host", Host.Address.Authority);
        if (header is { } further) head.Add(further.Name, further.Value);
        return credentials.Signer(region).Presign(
            head, at ?? Now, expires ?? AMinute, System.Text.Encoding.UTF8.GetBytes(body)).Target;
    }
}
