using System.IO.Compression;
using System.Text;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>Bodies that are compressed, or begin with a byte order mark.</summary>
public sealed class ContentCodingTests(IndexingHost indexing)
{
    private const string Events = "/v1/lifecycle-events";
    private const string Lines = "application/x-ndjson";

    private ApiHost Host => indexing.Host;

    [Theory]
    [InlineData("gzip", Lines)]
    [InlineData("GZIP", "application/json")]
    [InlineData("x-gzip", Lines)]
    public async Task Reads_a_gzip_body(string coding, string contentType)
    {
        var thing = await Host.CreateThingAsync();
        var body = Gzip(Encoding.UTF8.GetBytes(Event.Connected(thing).ToJsonString()));
        ApiHost.Outcomes(await SendAsync(Events, body, coding, contentType)).ShouldBe([("accepted", null)]);
        (await Host.IsConnectedAsync(thing)).ShouldBeTrue();
    }

    [Fact]
    public async Task Reads_a_gzip_body_on_the_aws_surface()
    {
        var thing = $"thing-{Guid.NewGuid():N}";
        var body = Gzip("{\"attributePayload\":{\"attributes\":{\"site\":\"a\"}}}"u8.ToArray());
        (await SendAsync($"/things/{thing}", body, "gzip")).Status.ShouldBe(200);
        (await Host.GetAsync($"/things/{thing}")).Json.GetProperty("attributes").Text("site").ShouldBe("a");
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    [InlineData("aws-chunked")]
    public async Task Refuses_another_coding_and_names_the_one_it_reads(string coding)
    {
        (await SendAsync(Events, "{}"u8.ToArray(), coding))
            .ShouldBeProblem(415, "The request body has another content coding than gzip.")
            .Header("Accept-Encoding").ShouldBe("gzip");
        (await SendAsync("/things/pump/connectivity-data", "{}"u8.ToArray(), coding))
            .ShouldBeAwsError(415, "UnsupportedDocumentEncodingException").Header("Accept-Encoding").ShouldBe("gzip");
    }

    [Fact]
    public async Task The_identity_coding_is_none()
    {
        (await SendAsync(Events, "1"u8.ToArray(), "identity")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_content_may_be_as_large_as_a_body_and_no_larger()
    {
        static byte[] Blank(int bytes) => Gzip(Encoding.ASCII.GetBytes("{}".PadRight(bytes)));
        const int Maximum = 16 * 1024 * 1024;
        (await SendAsync(Events, Blank(Maximum), "gzip")).Status.ShouldBe(200);
        (await SendAsync(Events, Blank(Maximum + 1), "gzip")).ShouldBeProblem(413, "The request body is too large.");
        (await SendAsync(Events, Gzip(new byte[200 * 1024 * 1024]), "gzip")).ShouldBeProblem(413);
        (await SendAsync("/things/pump", Blank(128 * 1024 + 1), "gzip"))
            .ShouldBeAwsError(413, "RequestEntityTooLargeException");
    }

    [Fact]
    public async Task A_body_that_is_not_gzip_or_breaks_off_is_refused()
    {
        var thing = await Host.CreateThingAsync();
        var whole = Gzip(Encoding.UTF8.GetBytes($"{Event.Connected(thing).ToJsonString()}\n{{}}"));
        var changed = whole.ToArray();
        changed[^5] ^= 1;
        foreach (var body in (byte[][])["{}"u8.ToArray(), whole[..^1], whole[..^9], whole[..20], whole[..5], changed])
        {
            (await SendAsync(Events, body, "gzip", Lines)).ShouldBeProblem(400, "The request body is not gzip.");
            (await SendAsync("/things/pump", body, "gzip")).ShouldBeAwsError(400, "InvalidRequestException");
        }

        (await Host.EventsAsync(thing)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, Lines)]
    [InlineData(null, "application/json")]
    [InlineData("gzip", Lines)]
    public async Task Skips_a_byte_order_mark(string? coding, string contentType)
    {
        var thing = await Host.CreateThingAsync();
        var body = Encoding.UTF8.GetBytes("\uFEFF" + Event.Connected(thing).ToJsonString());
        ApiHost.Outcomes(await SendAsync(Events, coding is null ? body : Gzip(body), coding, contentType))
            .ShouldBe([("accepted", null)]);
        (await Host.PostAsync($"/things/{thing}/connectivity-data", "\uFEFF{}")).Status.ShouldBe(200);
    }

    private static byte[] Gzip(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest)) gzip.Write(content);
        return compressed.ToArray();
    }

    private Task<Answer> SendAsync(string target, byte[] body, string? coding, string contentType = "application/json")
    {
        var request = new RawRequest("POST", target).WithBody(body, contentType);
        if (coding is not null) request.WithHeader("Content-Encoding", coding);
        return request.SendAsync(Host);
    }
}
