using Connectivity.Aws.SigV4;
using static Connectivity.Aws.Tests.SigV4.Refusal;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>What a signature must cover, and what may come beside it.</summary>
public sealed class CoverageTests
{
    [Theory]
    [InlineData("x-amz-date", "X-Amz-Date:20261123T061240Z", "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData("host", "X-Amz-Date:20261123T061240Z", "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData("host", "Date:20261123T061240Z\nX-AMZ-Meta:1", "'X-AMZ-Meta' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData("host;x-amz-date;x-other", "X-Amz-Date:20261123T061240Z", "Header 'x-other' is in 'SignedHeaders' but not in the request.")]
    public void Host_and_all_amazon_headers_must_be_signed_and_all_that_is_signed_must_be_there(string signedHeaders, string headers, string message)
    {
        SignatureClaims.TryRead(
            Request($"AWS4-HMAC-SHA256 {Credential}, SignedHeaders={signedHeaders}, {Signature}", headers), out _, out var error).ShouldBeFalse();
        Invalid(error, message);
    }

    [Theory]
    [InlineData("x-amz-user-agent")]
    [InlineData("X-Amz-Cf-Id")]
    [InlineData("amz-sdk-request")]
    [InlineData("x-amzn-trace-id")]
    [InlineData("x-forwarded-for")]
    public void What_clients_and_proxies_add_unsigned_is_tolerated(string header) =>
        Keys.Verify(Wire.With(Signed(), header, "anything"), []).ShouldBeNull();

    [Fact]
    public void As_many_headers_as_allowed_can_be_signed_and_no_more()
    {
        string More(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $"a{i}:1"));
        // Beside these: host, x-amz-date and x-amz-content-sha256.
        Keys.Verify(Signed(more: More(61)), []).ShouldBeNull();
        Incomplete(Signed(more: More(62)), "'SignedHeaders' must name at most 64 headers.");
    }

    [Fact]
    public void A_header_cannot_pass_for_two()
    {
        var request = new RequestHead("GET", "/");
        request.Add("host", "h\nx-a:1");
        Keys.Signer().Sign(request, Keys.Now, []);
        Incomplete(request, "Header 'host' must be one line.");
    }
}
