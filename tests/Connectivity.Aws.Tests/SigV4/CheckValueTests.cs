using System.Security.Cryptography;
using System.Text;
using Connectivity.Aws.SigV4;
using Connectivity.Testing.SigV4;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>Signatures calculated by others: AWS in its documentation, and the AWS CLI for this API.</summary>
public sealed class CheckValueTests
{
    private static readonly DateTimeOffset DocumentedTime = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);
    private static readonly SignatureRules DocumentedRules = new("us-east-1", ["service"]);

    [Fact]
    public void The_minimal_request_of_the_aws_documentation_verifies() =>
        Keys.Verify(
            Wire.Request(
                """
                GET /
                Host:example.amazonaws.com
                X-Amz-Date:20150830T123600Z
                Authorization:AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,
                """ + " SignedHeaders=host;x-amz-date,"
                + " Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
            [], DocumentedTime, rules: DocumentedRules).ShouldBeNull();

    [Theory]
    [InlineData("e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d", true)]
    [InlineData("e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865e", false)]
    public void The_minimal_presigned_request_of_the_aws_documentation_verifies_unless_changed(
        string signature, bool verifies) =>
        (Keys.Verify(
            Wire.Request(
                "GET /?X-Amz-Algorithm=AWS4-HMAC-SHA256"
                + "&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fservice%2Faws4_request"
                + "&X-Amz-Date=20150830T123600Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host"
                + $"&X-Amz-Signature={signature}\nHost:example.amazonaws.com"),
            [], DocumentedTime, rules: DocumentedRules) is null).ShouldBe(verifies);

    [Fact]
    public void A_connectivity_query_of_the_aws_cli_verifies() =>
        Keys.Verify(
            Wire.Request(
                """
                POST /things/a%3Ab/connectivity-data
                Host: 127.0.0.1:18999
                Accept-Encoding: identity
                Content-Type: application/json
                User-Agent: aws-cli/1.46.2 md/Botocore#1.43.62
                X-Amz-Date: 20261123T061240Z
                amz-sdk-invocation-id: 0677ba50
                amz-sdk-request: attempt=1
                Content-Length: 34
                Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request,
                """ + " SignedHeaders=content-type;host;x-amz-date,"
                + " Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9"),
            """{"includeSocketInformation": false}"""u8).ShouldBeNull();

    [Fact]
    public void The_signer_calculates_the_signature_of_the_aws_cli()
    {
        var request = Wire.Request(
            "POST /things/a%3Ab/connectivity-data\ncontent-type:application/json\nhost:127.0.0.1:18999");
        Keys.Signer().Sign(request, Keys.Now, """{"includeSocketInformation": false}"""u8, PayloadSigning.NotNamed);
        request.Headers[^1].ShouldBe(new(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/us-east-1/iot/aws4_request, "
            + "SignedHeaders=content-type;host;x-amz-date, "
            + "Signature=ea8b00ca8ddacf54890cfb6d37afcab4b7d61a9ac0cbf9770e200658c402d0d9"));
    }

    [Fact]
    public void The_signer_presigns_as_in_the_aws_documentation()
    {
        var signer = new RequestSigner(Keys.Id, Keys.Secret, Keys.Region, "service");
        var request = Wire.Request("GET /\nHost:example.amazonaws.com");
        signer.Presign(request, DocumentedTime, TimeSpan.FromHours(1), []).Target.ShouldEndWith(
            "&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d");
    }

    [Fact]
    public void The_signing_key_is_the_hmac_chain_of_the_aws_documentation()
    {
        static byte[] Hmac(byte[] key, string data) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(data));
        foreach (var secret in new[] { Keys.Secret, "", new string('ä', 1000) })
        {
            var dateKey = Hmac(Encoding.UTF8.GetBytes("AWS4" + secret), "20261123");
            var signingKey = Hmac(Hmac(Hmac(dateKey, "us-east-1"), "iot"), "aws4_request");
            var request = Wire.Request("GET /\nhost:h");
            new RequestSigner(Keys.Id, secret, Keys.Region).Sign(request, Keys.Now, []);
            var claims = Keys.Claims(request);
            var canonical = CanonicalRequest.Text(
                request, claims.SignedHeaders, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
            var signature = Hmac(
                signingKey, $"AWS4-HMAC-SHA256\n20261123T061240Z\n20261123/us-east-1/iot/aws4_request\n{hash}");
            request.Headers[^1].Value.ShouldEndWith("Signature=" + Convert.ToHexStringLower(signature));
        }
    }
}
