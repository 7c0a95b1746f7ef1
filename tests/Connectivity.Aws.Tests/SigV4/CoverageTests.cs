using Connectivity.Aws.SigV4;
using static Connectivity.Aws.Tests.SigV4.Refusal;

namespace Connectivity.Aws.Tests.SigV4;

/// <summary>What a signature must cover, and what it may leave out.</summary>
public sealed class CoverageTests
{
    [Theory]
    [InlineData(
        "x-amz-date", "X-Amz-Date:20261123T061240Z",
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData(
        "host", "X-Amz-Date:20261123T061240Z", "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData(
        "host", "Date:20261123T061240Z\nX-AMZ-Meta:1",
        "'X-AMZ-Meta' must be a 'SignedHeader' in the AWS Authorization.")]
    [InlineData(
        "host;x-amz-date;x-other", "X-Amz-Date:20261123T061240Z",
        "Header 'x-other' is in 'SignedHeaders' but not in the request.")]
    public void Host_and_amazon_headers_must_be_signed_and_signed_headers_must_be_present(
        string signedHeaders, string headers, string message)
    {
        var request = Request($"AWS4-HMAC-SHA256 {Credential}, SignedHeaders={signedHeaders}, {Signature}", headers);
        SignatureClaims.TryRead(request, out _, out var error).ShouldBeFalse();
        Invalid(error, message);
    }

    [Theory]
    [InlineData("x-amz-user-agent")]
    [InlineData("X-Amz-Cf-Id")]
    [InlineData("amz-sdk-request")]
    [InlineData("x-amzn-trace-id")]
    [InlineData("x-forwarded-for")]
    public void Accepts_unsigned_headers_that_clients_and_proxies_add(string header) =>
        Keys.Verify(Wire.With(Signed(), header, "anything"), []).ShouldBeNull();

    [Fact]
    public void At_most_64_headers_can_be_signed()
    {
        string More(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $"a{i}:1"));
        // Signed besides these: host, x-amz-date and x-amz-content-sha256.
        Keys.Verify(Signed(more: More(61)), []).ShouldBeNull();
        Incomplete(Signed(more: More(62)), "'SignedHeaders' must name at most 64 headers.");
    }

    [Fact]
    public void Refuses_a_signed_header_with_a_line_break()
    {
        var request = new RequestHead("GET", "/");
        request.Add("host", "h\nx-a:1");
        Keys.Signer().Sign(request, Keys.Now, []);
        Incomplete(request, "Header 'host' must be one line.");
    }
}
