using System.Globalization;
using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;

namespace Connectivity.Api.Tests.Security;

/// <summary>
/// Which signatures are accepted, and the refusals with AWS's code, status and message in the form of the surface.
/// </summary>
public sealed class SignatureTests(AccessHost access)
{
    private const string Mismatch =
        "The request signature we calculated does not match the signature you provided. "
        + "Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

    private const string InvalidToken = "The security token included in the request is invalid.";
    private const string Time = @"\d{8}T\d{6}Z";

    private ApiHost Host => access.Host;

    private static DateTimeOffset Now => DateTimeOffset.UtcNow;

    [Theory]
    [InlineData("iot")]
    [InlineData("execute-api")]
    public async Task Accepts_a_signature_for_either_name_of_the_service(string service) =>
        await ShouldBeAcceptedAsync(request => request.SignedAs(Host.Administrator, service: service));

    [Fact]
    public async Task Refuses_an_unsigned_request() =>
        await ShouldBeRefusedAsync(
            request => request.Unsigned(), "MissingAuthenticationTokenException", "Missing Authentication Token");

    [Theory]
    [InlineData("Basic dXNlcjpwYXNzd29yZA==", "Unsupported AWS 'algorithm': must be 'AWS4-HMAC-SHA256'.")]
    [InlineData("AWS4-HMAC-SHA1 Credential=a", "Unsupported AWS 'algorithm': must be 'AWS4-HMAC-SHA256'.")]
    [InlineData("AWS4-HMAC-SHA256 nonsense", "Authorization header must have key=value pairs, separated by commas.")]
    [InlineData("AWS4-HMAC-SHA256 Credential=a, Credential=b",
        "Authorization header must have 'Credential', 'SignedHeaders' and 'Signature', each once.")]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/iot, SignedHeaders=host;x-amz-date, Signature=0",
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.")]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/iot/aws4_request, SignedHeaders=x-amz-date;host, "
        + "Signature=0",
        "'SignedHeaders' must be lower-case header names, sorted, each once, separated by semicolons.")]
    public async Task Refuses_an_unreadable_authorization_header(string authorization, string message) =>
        await ShouldBeRefusedAsync(
            request => request.Unsigned().WithHeader("X-Amz-Date", "20260101T000000Z")
                .WithHeader("Authorization", authorization),
            "IncompleteSignatureException", message);

    [Fact]
    public async Task Lists_everything_that_an_authorization_header_lacks() =>
        (await new RawRequest("GET", "/things").Unsigned()
            .WithHeader("Authorization", "AWS4-HMAC-SHA256").SendAsync(Host))
            .ShouldBeAwsError(403, "IncompleteSignatureException").Message!.ShouldStartWith(
                "Authorization header requires 'Credential' parameter. "
                + "Authorization header requires 'Signature' parameter. "
                + "Authorization header requires 'SignedHeaders' parameter. "
                + "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");

    [Fact]
    public async Task Does_not_echo_an_unreadable_authorization_header()
    {
        var answer = await new RawRequest("GET", "/things").Unsigned()
            .WithHeader("Authorization", "AWS4-HMAC-SHA256 Credential=only-the-sender-knows").SendAsync(Host);
        answer.Body.ShouldNotContain("only-the-sender-knows");
    }

    [Fact]
    public async Task Refuses_an_unknown_access_key() =>
        await ShouldBeRefusedAsync(
            request => request.SignedAs(Host.Administrator with { AccessKeyId = "AKIANOBODYHASTHISKEY" }),
            "UnrecognizedClientException", InvalidToken);

    [Fact]
    public async Task Refuses_a_disabled_access_key()
    {
        var user = await Host.CreateUserAsync(Policy.AllowAll);
        await ShouldBeAcceptedAsync(request => request.SignedAs(user.Credentials));
        await Host.DisableAsync(user);
        await ShouldBeRefusedAsync(
            request => request.SignedAs(user.Credentials), "UnrecognizedClientException", InvalidToken);
    }

    [Fact]
    public async Task Refuses_a_signature_with_a_wrong_secret() =>
        await ShouldBeRefusedAsync(
            request => request.SignedAs(Host.Administrator with { Secret = "another" }),
            "InvalidSignatureException", Mismatch);

    [Theory]
    [InlineData("eu-west-1", "iot", "Credential should be scoped to a valid region.")]
    [InlineData("us-east-1", "s3", "Credential should be scoped to correct service: 'iot'.")]
    [InlineData("eu-west-1", "s3",
        "Credential should be scoped to a valid region. Credential should be scoped to correct service: 'iot'.")]
    public async Task Refuses_a_scope_of_another_region_or_service(string region, string service, string message) =>
        await ShouldBeRefusedAsync(
            request => request.SignedAs(Host.Administrator, region, service), "InvalidSignatureException", message);

    [Fact]
    public async Task A_signature_older_than_five_minutes_has_expired() =>
        await ShouldBeRefusedAsync(
            request => request.SignedAs(Host.Administrator, at: Now.AddMinutes(-6)), "InvalidSignatureException",
            new Regex($@"^Signature expired: {Time} is now earlier than {Time} \({Time} - 5 min\.\)$"));

    [Fact]
    public async Task A_signature_more_than_five_minutes_ahead_is_not_yet_current() =>
        await ShouldBeRefusedAsync(
            request => request.SignedAs(Host.Administrator, at: Now.AddMinutes(6)), "InvalidSignatureException",
            new Regex($@"^Signature not yet current: {Time} is still later than {Time} \({Time} \+ 5 min\.\)$"));

    [Theory]
    [InlineData(-4)]
    [InlineData(4)]
    public async Task Accepts_a_clock_that_is_four_minutes_off(int minutes) =>
        await ShouldBeAcceptedAsync(request => request.SignedAs(Host.Administrator, at: Now.AddMinutes(minutes)));

    [Fact]
    public async Task SignatureWindow_limits_the_offset_of_the_clock()
    {
        await using var host = await ApiHost.StartAsync(null, "--Connectivity:SignatureWindow=00:00:20");
        Task<Answer> SendAsync(int seconds) =>
            new RawRequest("GET", "/things").SignedAs(host.Administrator, at: Now.AddSeconds(seconds)).SendAsync(host);

        (await SendAsync(0)).Status.ShouldBe(200);
        (await SendAsync(-30)).ShouldBeAwsError(403, "InvalidSignatureException").Message!.ShouldEndWith(" - 20 sec.)");
        (await SendAsync(30)).ShouldBeAwsError(403, "InvalidSignatureException").Message!.ShouldEndWith(" + 20 sec.)");
    }

    [Fact]
    public async Task Refuses_a_request_that_was_changed_after_signing()
    {
        Action<RequestHead, byte[]> Of(string method, string target) => (head, body) =>
        {
            var signed = new RequestHead(method, target);
            foreach (var (name, value) in head.Headers) signed.Add(name, value);
            Host.Administrator.Signer().Sign(signed, Now, body);
            foreach (var (name, value) in signed.Headers.Skip(head.Headers.Count)) head.Add(name, value);
        };

        RawRequest[] changed =
        [
            new RawRequest("GET", "/things/pump-2").Signed(Of("GET", "/things/pump-1")),
            new RawRequest("GET", "/things?maxResults=2").Signed(Of("GET", "/things?maxResults=1")),
            new RawRequest("DELETE", "/things/pump-1").Signed(Of("GET", "/things/pump-1")),
            // Equal only if the canonical path were decoded once too often.
            new RawRequest("GET", "/things/a%3Ab").Signed(Of("GET", "/things/a:b")),
        ];
        foreach (var request in changed)
            (await request.SendAsync(Host)).ShouldBeAwsError(403, "InvalidSignatureException", Mismatch);
    }

    [Theory]
    [InlineData(PayloadSigning.Named, "The provided 'x-amz-content-sha256' header does not match what was computed.")]
    [InlineData(PayloadSigning.NotNamed, Mismatch)]
    public async Task Refuses_a_body_that_was_changed_after_signing(PayloadSigning payload, string message)
    {
        var name = $"thing-{Guid.NewGuid():N}";
        (await new RawRequest("POST", $"/things/{name}").WithBody("{ }")
            .Signed((head, _) => Host.Administrator.Signer().Sign(head, Now, "{}"u8, payload)).SendAsync(Host))
            .ShouldBeAwsError(403, "InvalidSignatureException", message);
        (await Host.GetAsync($"/things/{name}")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData(PayloadSigning.Named)]
    [InlineData(PayloadSigning.NotNamed)]
    public async Task Accepts_a_signed_body_with_and_without_its_hash_header(PayloadSigning payload) =>
        (await new RawRequest("POST", $"/things/thing-{Guid.NewGuid():N}")
            .WithBody("""{"attributePayload":{"attributes":{"site":"north"}}}""")
            .Signed((head, body) => Host.Administrator.Signer().Sign(head, Now, body, payload)).SendAsync(Host))
            .Status.ShouldBe(200);

    [Fact]
    public async Task Refuses_an_unsigned_body_over_http() =>
        await ShouldBeRefusedAsync(
            request => request.Signed(
                (head, body) => Host.Administrator.Signer().Sign(head, Now, body, PayloadSigning.Unsigned)),
            "InvalidSignatureException",
            "The payload must be signed: x-amz-content-sha256 must not be UNSIGNED-PAYLOAD here.");

    [Fact]
    public async Task A_temporary_key_works_with_its_token_until_it_expires()
    {
        var user = await TemporaryUserAsync(Now.AddMinutes(15));
        await ShouldBeAcceptedAsync(request => request.SignedAs(user.Credentials));
        foreach (var token in (string?[])[null, "another", ""])
            await ShouldBeRefusedAsync(
                request => request.SignedAs(user.Credentials with { SessionToken = token }),
                "UnrecognizedClientException", InvalidToken);

        var ended = await TemporaryUserAsync(Now.AddSeconds(-1));
        await ShouldBeRefusedAsync(
            request => request.SignedAs(ended.Credentials), "ExpiredTokenException",
            "The security token included in the request is expired");
    }

    [Fact]
    public async Task Refuses_a_session_token_with_a_lasting_key() =>
        await ShouldBeRefusedAsync(
            request => request.SignedAs(Host.Administrator with { SessionToken = "made-up" }),
            "UnrecognizedClientException", InvalidToken);

    [Fact]
    public async Task A_refusal_carries_the_date_by_which_clients_correct_their_clocks()
    {
        RawRequest[] refused =
        [
            new RawRequest("GET", "/things").Unsigned(),
            new RawRequest("GET", "/things").SignedAs(Host.Administrator, at: Now.AddHours(-1)),
        ];
        foreach (var request in refused)
        {
            var date = DateTimeOffset.ParseExact(
                (await request.SendAsync(Host)).Header("Date")!, "r", CultureInfo.InvariantCulture);
            date.ShouldBe(Now, TimeSpan.FromSeconds(5));
        }
    }

    private async Task<User> TemporaryUserAsync(DateTimeOffset until)
    {
        var user = await Host.CreateKeyAsync($"temporary-{Guid.NewGuid():N}", expiresAt: until);
        await Host.AttachAsync(user, "all", Policy.AllowAll);
        return user;
    }

    private async Task ShouldBeAcceptedAsync(Func<RawRequest, RawRequest> sign)
    {
        (await sign(new RawRequest("GET", "/indices")).SendAsync(Host)).Status.ShouldBe(200);
        (await sign(new RawRequest("GET", "/v1/things/not-registered/events")).SendAsync(Host)).ShouldBeProblem(404);
    }

    private Task ShouldBeRefusedAsync(Func<RawRequest, RawRequest> sign, string code, string message) =>
        ShouldBeRefusedAsync(sign, code, new Regex($"^{Regex.Escape(message)}$"));

    private async Task ShouldBeRefusedAsync(Func<RawRequest, RawRequest> sign, string code, Regex message)
    {
        // An unknown path is refused like any other.
        foreach (var target in (string[])["/indices", "/things/pump/connectivity-data", "/nothing-is-here"])
            (await sign(new RawRequest("GET", target)).SendAsync(Host)).ShouldBeAwsError(403, code).Message!
                .ShouldMatch(message.ToString());
        foreach (var target in (string[])["/v1/things/pump/events", "/v1/nothing-is-here"])
            (await sign(new RawRequest("GET", target)).SendAsync(Host)).ShouldBeRefusal(403, code).Detail!
                .ShouldMatch(message.ToString());
    }
}
