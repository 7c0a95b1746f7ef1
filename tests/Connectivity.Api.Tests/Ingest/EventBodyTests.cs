using System.Text;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>Bodies of posted events: their syntax, content type and size.</summary>
public sealed class EventBodyTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[{},")]
    [InlineData("{}{}")]
    [InlineData("{'a':1}")]
    [InlineData(" \uFEFF{}")]
    [InlineData("<event/>")]
    [InlineData("clientId=pump")]
    public async Task A_body_that_is_not_json_is_a_problem_with_its_position(string body) =>
        (await Host.PostAsync("/v1/lifecycle-events", body))
            .ShouldBeProblem(400, "The body is not valid JSON, or nested too deeply, at line 1, byte ");

    [Fact]
    public async Task Stores_nothing_of_a_truncated_body()
    {
        var thing = await Host.CreateThingAsync();
        (await Host.PostAsync("/v1/lifecycle-events", $"[{Event.Connected(thing).ToJsonString()},{{"))
            .ShouldBeProblem(400, "Nothing was stored.");
        (await Host.IsConnectedAsync(thing)).ShouldBeFalse();
    }

    [Fact]
    public async Task Refuses_ten_thousand_levels_of_nesting_in_a_body_and_in_a_line()
    {
        var thing = await Host.CreateThingAsync();
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000);
        (await Host.PostAsync("/v1/lifecycle-events", deep)).ShouldBeProblem(400);
        (await Host.ReportAsync($"{deep}\n{Event.Connected(thing).ToJsonString()}", "application/x-ndjson"))
            .ShouldBe([("rejected", "the line is not valid JSON"), ("accepted", null)]);
    }

    [Fact]
    public async Task Rejects_bad_lines_and_skips_blank_ones()
    {
        var (first, second) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        var outcomes = await Host.ReportAsync(
            $"\n{Event.Connected(first).ToJsonString()}\r\n{{\n \t\r\n[]\nnot json\n\uFEFF{{}}\n"
            + Event.Connected(second).ToJsonString(),
            "application/x-ndjson; charset=utf-8");
        outcomes.ShouldBe(
        [
            ("accepted", null), ("rejected", "the line is not valid JSON"),
            ("rejected", "an event must be a JSON object"), ("rejected", "the line is not valid JSON"),
            ("rejected", "the line is not valid JSON"), ("accepted", null),
        ]);
    }

    [Theory]
    [InlineData("application/json", "[]")]
    [InlineData("application/x-ndjson", "")]
    [InlineData("application/x-ndjson", "\n\n")]
    public async Task An_empty_batch_has_no_outcomes(string contentType, string body) =>
        (await Host.ReportAsync(body, contentType)).ShouldBeEmpty();

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/jsonp")]
    [InlineData(";")]
    public async Task An_unsupported_content_type_is_a_problem(string? contentType) =>
        (await new RawRequest("POST", "/v1/lifecycle-events").WithBody("{}", contentType).SendAsync(Host))
            .ShouldBeProblem(415, "The content type must be application/json or application/x-ndjson.");

    [Fact]
    public async Task Accepts_a_body_of_up_to_16_MiB()
    {
        const int Maximum = 16 * 1024 * 1024;
        var (declared, chunked) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        static byte[] Of(string thing, int size) =>
            Encoding.ASCII.GetBytes(Event.Connected(thing).ToJsonString().PadRight(size));

        (await new RawRequest("POST", "/v1/lifecycle-events").WithBody(Of(declared, Maximum + 1)).SendAsync(Host))
            .ShouldBeProblem(413, "The request body is too large.");
        (await new RawRequest("POST", "/v1/lifecycle-events").WithChunkedBody(Of(chunked, Maximum + 1)).SendAsync(Host))
            .ShouldBeProblem(413);
        (await Host.IsConnectedAsync(declared)).ShouldBeFalse();
        (await Host.IsConnectedAsync(chunked)).ShouldBeFalse();
        ApiHost.Outcomes(
            await new RawRequest("POST", "/v1/lifecycle-events").WithBody(Of(declared, Maximum)).SendAsync(Host))
            .ShouldBe([("accepted", null)]);
        // Kestrel counts the framing of chunks as well.
        var framed = new RawRequest("POST", "/v1/lifecycle-events").WithChunkedBody(Of(chunked, Maximum - 32 * 1024));
        ApiHost.Outcomes(await framed.SendAsync(Host)).ShouldBe([("accepted", null)]);
    }
}
