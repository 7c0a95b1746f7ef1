using Connectivity.Aws.SigV4;
using static Connectivity.Aws.Tests.SigV4.Refusal;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>Requests whose signature is missing, malformed or ambiguous.</summary>
public sealed class UnreadableSignatureTests
{
    private const string Presigned =
        "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request"
        + "&X-Amz-Date=20261123T061240Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9";
    private const string RequiresCredential = "Authorization header requires 'Credential' parameter.";
    private const string RequiresSignature = "Authorization header requires 'Signature' parameter.";
    private const string RequiresSignedHeaders = "Authorization header requires 'SignedHeaders' parameter.";
    private const string RequiresDate =
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
    private const string EachOnce =
        "Authorization header must have 'Credential', 'SignedHeaders' and 'Signature', each once.";
    private const string Algorithm = "Unsupported AWS 'algorithm': must be 'AWS4-HMAC-SHA256'.";
    private const string Sorted =
        "'SignedHeaders' must be lower-case header names, sorted, each once, separated by semicolons.";
    private const string Elements =
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.";
    private const string BadDate = "Date must be in ISO-8601 'basic format'.";
    private const string BadExpires = "X-Amz-Expires must be a number of seconds from 1 to 604800.";

    [Theory]
    [InlineData("/")]
    [InlineData("/?X-Amz-Date=20261123T061240Z&X-Amz-Expires=5&X-Amz-SignedHeaders=host")]
    public void Refuses_a_request_without_a_signature(string target) =>
        Refused(
            Keys.Verify(Wire.Request($"GET {target}\nhost:h"), []),
            "MissingAuthenticationTokenException", "Missing Authentication Token");

    [Theory]
    [InlineData("X-Amz-Signature=1")]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256")]
    [InlineData("X-Amz-Credential")]
    [InlineData("X%2dAmz-Signature=1")]
    public void Refuses_a_request_signed_in_both_header_and_query(string query)
    {
        const string message = "A request must be signed in its Authorization header or its query, not in both.";
        Incomplete(Wire.Copy(Signed(), target: "/things/a?" + query), message);
    }

    [Theory]
    [InlineData("", Algorithm)]
    [InlineData("Bearer abc", Algorithm)]
    [InlineData("Basic dXNlcjpwYXNz", Algorithm)]
    [InlineData("aws4-hmac-sha256 " + Credential + ", SignedHeaders=host;x-amz-date, " + Signature, Algorithm)]
    [InlineData("AWS4-HMAC-SHA1 " + Credential + ", SignedHeaders=host;x-amz-date, " + Signature, Algorithm)]
    [InlineData("AWS4-ECDSA-P256-SHA256 " + Credential + ", SignedHeaders=host;x-amz-date, " + Signature, Algorithm)]
    [InlineData("AWS4-HMAC-SHA256", RequiresCredential + " " + RequiresSignature + " " + RequiresSignedHeaders)]
    [InlineData("AWS4-HMAC-SHA256 " + Credential, RequiresSignature + " " + RequiresSignedHeaders)]
    [InlineData("AWS4-HMAC-SHA256 SignedHeaders=host;x-amz-date, " + Signature, RequiresCredential)]
    [InlineData("AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=host, Signature=", RequiresSignature)]
    [InlineData(
        "AWS4-HMAC-SHA256 " + Credential + ", " + Credential + ", SignedHeaders=host;x-amz-date, " + Signature,
        EachOnce)]
    [InlineData(
        "AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=host;x-amz-date, " + Signature + ", " + Signature,
        EachOnce)]
    [InlineData(
        "AWS4-HMAC-SHA256 Signature=, " + Credential + ", SignedHeaders=host;x-amz-date, " + Signature, EachOnce)]
    [InlineData(
        "AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=host;x-amz-date, " + Signature + ", Extra=1", EachOnce)]
    [InlineData(
        "AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=host, Signature",
        "Authorization header must have key=value pairs, separated by commas.")]
    [InlineData("AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=x-amz-date;host, " + Signature, Sorted)]
    [InlineData("AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=host;host;x-amz-date, " + Signature, Sorted)]
    [InlineData("AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=Host;x-amz-date, " + Signature, Sorted)]
    [InlineData("AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=host;;x-amz-date, " + Signature, Sorted)]
    [InlineData("AWS4-HMAC-SHA256 " + Credential + ", SignedHeaders=host;x-amz-date;, " + Signature, Sorted)]
    [InlineData("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, SignedHeaders=host;x-amz-date, " + Signature, Elements)]
    [InlineData(
        "AWS4-HMAC-SHA256 Credential=a/20261123/us-east-1/iot/x/aws4_request, SignedHeaders=host;x-amz-date, "
        + Signature,
        Elements)]
    public void Refuses_a_malformed_authorization_header(string authorization, string message) =>
        Incomplete(Request(authorization), message);

    [Theory]
    [InlineData("X-Other:1", RequiresDate)]
    [InlineData("X-Amz-Date:20261123", BadDate)]
    [InlineData("X-Amz-Date:2026-11-23T06:12:40Z", BadDate)]
    [InlineData("X-Amz-Date:20261323T061240Z", BadDate)]
    [InlineData("X-Amz-Date:20261123T061240", BadDate)]
    [InlineData("X-Amz-Date:", BadDate)]
    [InlineData("Date:yesterday", BadDate)]
    [InlineData("Date:Tue, 23 Nov 2026 06:12:40 GMT", BadDate)]
    [InlineData("X-Amz-Date:20261123T061240Z\nX-Amz-Date:20261123T061240Z", "Header 'X-Amz-Date' must occur once.")]
    [InlineData("Date:20261123T061240Z\nDate:20261123T061240Z", "Header 'Date' must occur once.")]
    [InlineData("X-Amz-Date:20261123T061240Z\nAuthorization:x", "Header 'Authorization' must occur once.")]
    [InlineData(
        "X-Amz-Date:20261123T061240Z\nX-Amz-Security-Token:a\nX-Amz-Security-Token:a",
        "Header 'X-Amz-Security-Token' must occur once.")]
    public void Refuses_a_missing_repeated_or_malformed_header_that_the_signature_needs(
        string headers, string message) =>
        Incomplete(Request($"AWS4-HMAC-SHA256 {Credential}, SignedHeaders=host, {Signature}", headers), message);

    [Fact]
    public void Reports_all_missing_parts_of_a_signature_together() =>
        Incomplete(
            Request("AWS4-HMAC-SHA256", "X-Other:1"),
            $"{RequiresCredential} {RequiresSignature} {RequiresSignedHeaders} {RequiresDate}");

    [Theory]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-HMAC-SHA1", Algorithm)]
    [InlineData("X-Amz-Expires=300", "X-Amz-Expires=0", BadExpires)]
    [InlineData("X-Amz-Expires=300", "X-Amz-Expires=-1", BadExpires)]
    [InlineData("X-Amz-Expires=300", "X-Amz-Expires=604801", BadExpires)]
    [InlineData("X-Amz-Expires=300", "X-Amz-Expires=99999999999999999999", BadExpires)]
    [InlineData("X-Amz-Expires=300", "X-Amz-Expires=5m", BadExpires)]
    [InlineData("X-Amz-Expires=300", "X-Amz-Expires=+300", BadExpires)]
    [InlineData("X-Amz-Date=20261123T061240Z", "X-Amz-Date=now", BadDate)]
    [InlineData("SignedHeaders=host", "SignedHeaders=Host", Sorted)]
    [InlineData("/us-east-1", "", Elements)]
    [InlineData(
        "X-Amz-Date=20261123T061240Z&", "X-Amz-Date=20261123T061240Z&X-Amz-Date=20261123T061240Z&",
        "AWS query-string parameters must occur once.")]
    [InlineData(
        "X-Amz-Expires=300", "X-Amz-Expires=300&X%2DAmz-Expires=600", "AWS query-string parameters must occur once.")]
    [InlineData(
        "X-Amz-Expires=300", "",
        "AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.")]
    [InlineData(
        "&X-Amz-Date=20261123T061240Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9",
        "",
        "AWS query-string parameters must include 'X-Amz-Signature'. "
        + "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
        + "AWS query-string parameters must include 'X-Amz-Date'. "
        + "AWS query-string parameters must include 'X-Amz-Expires'. "
        + "Re-examine the query-string parameters.")]
    public void Refuses_a_malformed_presigned_query(string part, string replacement, string message)
    {
        Presigned.ShouldContain(part);
        Incomplete(Wire.Request($"GET /?{Presigned.Replace(part, replacement)}\nhost:h"), message);
    }

    [Fact]
    public void Refuses_a_session_token_in_both_header_and_query() =>
        Incomplete(
            Wire.Request($"GET /?{Presigned}&X-Amz-Security-Token=a\nhost:h\nx-amz-security-token:a"),
            "X-Amz-Security-Token must be a header or in the query, not both.");

    [Theory]
    [InlineData(
        "x/20261123/us-east-1/iot/aws4_reques",
        "Credential should be scoped with a valid terminator: 'aws4_request'.")]
    public void Refuses_a_scope_without_a_valid_terminator(string credential, string message)
    {
        var request = Request(
            $"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host;x-amz-date, {Signature}");
        SignatureClaims.TryRead(request, out _, out var error);
        Invalid(error, message);
    }

    [Fact]
    public void Refuses_an_access_key_id_of_invalid_length()
    {
        foreach (var id in new[] { "", new string('A', 129) })
        {
            var request = Request(
                $"AWS4-HMAC-SHA256 Credential={id}/20261123/us-east-1/iot/aws4_request, "
                + $"SignedHeaders=host;x-amz-date, {Signature}");
            SignatureClaims.TryRead(request, out _, out var error);
            Refused(error, "UnrecognizedClientException", "The security token included in the request is invalid.");
        }
    }

    [Theory]
    [InlineData("POST", "things/a")]
    [InlineData("POST", "*")]
    [InlineData("POST", "")]
    [InlineData("POST\n/", "/")]
    public void Refuses_an_invalid_request_line(string method, string target) =>
        Incomplete(Wire.Copy(Signed(), method, target), "The request line must have a method and a path.");

    [Fact]
    public void No_error_message_contains_a_secret()
    {
        const string secret = "S3CRET";
        const string algorithm = "AWS4-HMAC-SHA256";
        string[] authorizations =
        [
            secret, $"Bearer {secret}", $"{algorithm} {secret}", $"{algorithm} Credential={secret}",
            $"{algorithm} {secret}=1",
        ];
        foreach (var authorization in authorizations)
        {
            SignatureClaims.TryRead(Request(authorization), out _, out var error).ShouldBeFalse();
            error!.Message.ShouldNotContain(secret);
        }
    }

    [Fact]
    public void The_claims_have_the_values_of_the_request()
    {
        var request = Wire.Request("GET /\nhost:h");
        Keys.Signer("to/ken+=").Sign(request, Keys.Now, []);
        var claims = Keys.Claims(request);
        (claims.AccessKeyId, claims.SessionToken, claims.SignedAt, claims.Expires)
            .ShouldBe((Keys.Id, "to/ken+=", Keys.Now, null));
        claims.Scope.ShouldBe(new("20261123", "us-east-1", "iot"));
        claims.SignedHeaders.ShouldBe("host;x-amz-content-sha256;x-amz-date;x-amz-security-token");
        var presigned = Keys.Claims(
            Keys.Signer("to/ken+=").Presign(Wire.Request("GET /\nhost:h"), Keys.Now, TimeSpan.FromMinutes(1), []));
        (presigned.AccessKeyId, presigned.SessionToken, presigned.SignedAt, presigned.Expires)
            .ShouldBe((Keys.Id, "to/ken+=", Keys.Now, TimeSpan.FromMinutes(1)));
    }
}
