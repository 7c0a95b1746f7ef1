using System.Text;
using System.Text.Json.Nodes;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>
/// A bad event is rejected alone and in clear words: the thing it names stays as it was, and the events beside it are stored.
/// </summary>
public sealed class BadEventTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    /// <summary>A member, its bad value in JSON, and what is said of it.</summary>
    public static TheoryData<string, string, string> Values
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            string[] texts = ["clientId", "eventType", "sessionIdentifier", "source", "principalIdentifier", "vpcEndpointId"];
            foreach (var name in texts)
            {
                foreach (var value in (string[])["1", "true", "[]", "{}", "[\"a\"]"]) data.Add(name, value, $"{name} must be a string");
                foreach (var value in (string[])["\"\\ud800\"", "\"\\udc00a\"", "\"a\\u0000\""])
                    data.Add(name, value, $"{name} contains NUL or an unpaired surrogate");
                data.Add(name, "\"\"", $"{name} must have 1 to 1024 characters");
                data.Add(name, $"\"{new string('x', 1025)}\"", $"{name} must have 1 to 1024 characters");
            }

            (string, long, long)[] numbers =
            [
                ("versionNumber", 0, long.MaxValue), ("keepAliveDuration", 0, 65535), ("sessionExpiry", 0, uint.MaxValue),
                ("sourcePort", 0, 65535), ("targetPort", 0, 65535),
            ];
            string[] noNumbers = ["\"1\"", "true", "[1]", "{}", "-1", "1.5", "1e400", "-1e400", "9223372036854775808", "1e-5"];
            foreach (var (name, minimum, maximum) in numbers)
                foreach (var value in noNumbers)
                    data.Add(name, value, $"{name} must be a whole number from {minimum} to {maximum}");

            foreach (var name in (string[])["cleanSession", "clientInitiatedDisconnect"])
                foreach (var value in (string[])["\"true\"", "1", "[]", "{}"])
                    data.Add(name, value, $"{name} must be true or false");
            foreach (var name in (string[])["ipAddress", "sourceIp", "targetIp"])
                foreach (var value in (string[])["\"localhost\"", "\"1.2.3.4:80\"", "\"999.1.1.1\"", "\"::g\""])
                    data.Add(name, value, $"{name} must be an IPv4 or IPv6 address");
            foreach (var value in (string[])["\"NONE\"", "\"lost\"", "\"A-B\"", "\"_A\""])
                data.Add("disconnectReason", value, "disconnectReason must be a disconnect reason such as CONNECTION_LOST, and not NONE");
            data.Add("disconnectReason", "7", "disconnectReason must be a string");
            foreach (var value in (string[])["\"Connected\"", "\"subscribed\"", "\"connect_failed\""])
                data.Add("eventType", value, "eventType must be connected or disconnected");

            const string Seconds = "timestamp looks like seconds: it must be milliseconds since 1970, and not before the year 2000";
            const string Future = "timestamp is in the future: it is more than 2 minutes ahead of the database's clock";
            foreach (var value in (string[])["\"2026-11-23T12:00:00Z\"", "\"1\"", "true", "{}", "1764000000000.5", "1e400"])
                data.Add("timestamp", value, "timestamp must be a whole number of milliseconds since 1970");
            foreach (var value in (string[])["0", "-1", "1764000000", "946684799999", "-9223372036854775808", "-1e28"])
                data.Add("timestamp", value, Seconds);
            foreach (var value in (string[])["9999999999999", "253402300799999", "253402300800000", "9223372036854775807", "1e28"])
                data.Add("timestamp", value, Future);
            return data;
        }
    }

    [Fact]
    public async Task A_value_that_is_none_rejects_its_event_alone()
    {
        // One batch for each bad value would take a minute; one host answers them all in turn.
        foreach (var (name, value, error) in Values.Select(row => row.Data))
        {
            var thing = await Host.CreateThingAsync();
            await Host.ReportAsync(Event.Connected(thing, version: 1));
            var (before, stream) = (await Host.AskAsync(thing), await Host.EventsAsync(thing));
            var bad = Event.Disconnected(thing, version: 2).ToJsonString();
            bad = JsonNode.Parse(bad)!.AsObject().With(name, null).ToJsonString()[..^1] + $",\"{name}\":{value}}}";
            var good = await Host.CreateThingAsync();

            var outcomes = await Host.ReportAsync($"[{bad},{Event.Connected(good).ToJsonString()}]");

            outcomes.ShouldBe([("rejected", error), ("accepted", null)], $"{name}: {value}");
            (await Host.AskAsync(thing)).Body.ShouldBe(before.Body);
            (await Host.EventsAsync(thing)).Select(e => e.ToString()).ShouldBe(stream.Select(e => e.ToString()));
            (await Host.IsConnectedAsync(good)).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData("clientId")]
    [InlineData("eventType")]
    [InlineData("timestamp")]
    [InlineData("sessionIdentifier")]
    [InlineData("versionNumber")]
    public async Task A_required_member_that_is_missing_or_null_is_named(string name)
    {
        var without = Event.Connected("pump").With(name, null).ToJsonString();
        var isNull = without[..^1] + $",\"{name}\":null}}";
        (await Host.ReportAsync($"[{without},{isNull}]"))
            .ShouldBe([("rejected", $"{name} is missing"), ("rejected", $"{name} is missing")]);
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_together()
    {
        (await Host.ReportAsync("{}"))
            .ShouldBe([("rejected", "clientId, eventType, timestamp, sessionIdentifier, versionNumber are missing")]);
        (await Host.ReportAsync(Event.Connected("pump").With("versionNumber", -1).With("cleanSession", "x").With("sourceIp", "y"))).Single()
            .Reason.ShouldBe(
            "versionNumber must be a whole number from 0 to 9223372036854775807; cleanSession must be true or false; "
            + "sourceIp must be an IPv4 or IPv6 address");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("[[]]")]
    [InlineData("[[[{}]]]")]
    public async Task What_is_no_object_is_rejected(string body)
    {
        var thing = await Host.CreateThingAsync();
        var item = body is "[[]]" or "[[[{}]]]" ? body[1..^1] : body;
        (await Host.ReportAsync($"[{item},{Event.Connected(thing).ToJsonString()}]"))
            .ShouldBe([("rejected", "an event must be a JSON object"), ("accepted", null)]);
        (await Host.ReportAsync(body)).ShouldBe([("rejected", "an event must be a JSON object")]);
    }

    [Theory]
    [InlineData("""{"\ud800":1,""")]
    [InlineData("""{"a\u0000":"\ud800",""")]
    [InlineData("""{"unknown":{"\udfff":["\ud800"]},""")]
    public async Task A_member_that_nobody_reads_may_be_anything(string beginning)
    {
        var thing = await Host.CreateThingAsync();
        var body = beginning + Event.Connected(thing).ToJsonString()[1..];
        (await Host.ReportAsync($"[{body},{body}]")).Select(outcome => outcome.Outcome).ShouldBe(["accepted", "duplicate"]);
    }

    [Fact]
    public async Task Of_a_member_that_stands_twice_the_last_counts()
    {
        var thing = await Host.CreateThingAsync();
        await Host.ReportAsync("{\"clientId\":7," + Event.Connected(thing).ToJsonString()[1..]);
        (await Host.IsConnectedAsync(thing)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[{},")]
    [InlineData("{}{}")]
    [InlineData("{'a':1}")]
    [InlineData("\uFEFF{}")]
    [InlineData("<event/>")]
    [InlineData("clientId=pump")]
    public async Task A_body_that_is_not_json_is_a_problem_that_says_where(string body) =>
        (await Host.PostAsync("/v1/lifecycle-events", body))
            .ShouldBeProblem(400, "The body is not valid JSON, or nested too deeply, at line 1, byte ");

    [Fact]
    public async Task Nothing_of_a_body_that_breaks_off_is_stored()
    {
        var thing = await Host.CreateThingAsync();
        (await Host.PostAsync("/v1/lifecycle-events", $"[{Event.Connected(thing).ToJsonString()},{{"))
            .ShouldBeProblem(400, "Nothing was stored.");
        (await Host.IsConnectedAsync(thing)).ShouldBeFalse();
    }

    [Fact]
    public async Task Ten_thousand_levels_are_a_problem_as_a_body_and_rejected_as_a_line()
    {
        var thing = await Host.CreateThingAsync();
        var deep = string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000);
        (await Host.PostAsync("/v1/lifecycle-events", deep)).ShouldBeProblem(400);
        (await Host.ReportAsync($"{deep}\n{Event.Connected(thing).ToJsonString()}", "application/x-ndjson"))
            .ShouldBe([("rejected", "the line is not valid JSON"), ("accepted", null)]);
    }

    [Fact]
    public async Task Invalid_utf8_is_rejected_in_a_value_that_is_read()
    {
        var thing = await Host.CreateThingAsync();
        byte[] bad = [.. "{\"clientId\":\""u8, 0xC3, 0x28,
            .. "\",\"eventType\":\"connected\",\"timestamp\":1,\"sessionIdentifier\":\"s\",\"versionNumber\":1}"u8];
        byte[] badName = [.. "{\""u8, 0xFF, .. "\":1}"u8];
        byte[] body = [.. bad, (byte)'\n', .. badName, (byte)'\n', .. Encoding.UTF8.GetBytes(Event.Connected(thing).ToJsonString())];

        var outcomes = ApiHost.Outcomes(
            await new RawRequest("POST", "/v1/lifecycle-events").WithBody(body, "application/x-ndjson").SendAsync(Host));

        outcomes.Select(outcome => outcome.Outcome).ShouldBe(["rejected", "rejected", "accepted"]);
    }

    [Fact]
    public async Task Bad_lines_are_rejected_and_blank_ones_are_none()
    {
        var (first, second) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        var outcomes = await Host.ReportAsync(
            $"\n{Event.Connected(first).ToJsonString()}\r\n{{\n \t\r\n[]\nnot json\n\uFEFF{{}}\n{Event.Connected(second).ToJsonString()}",
            "application/x-ndjson; charset=utf-8");
        outcomes.ShouldBe([
            ("accepted", null), ("rejected", "the line is not valid JSON"), ("rejected", "an event must be a JSON object"),
            ("rejected", "the line is not valid JSON"), ("rejected", "the line is not valid JSON"), ("accepted", null)]);
    }

    [Theory]
    [InlineData("application/json", "[]")]
    [InlineData("application/x-ndjson", "")]
    [InlineData("application/x-ndjson", "\n\n")]
    public async Task A_batch_of_nothing_has_no_outcomes(string contentType, string body) =>
        (await Host.ReportAsync(body, contentType)).ShouldBeEmpty();

    [Fact]
    public async Task One_bad_event_among_a_thousand_is_rejected_alone()
    {
        var thing = await Host.CreateThingAsync();
        var events = Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? Event.Connected(thing, i / 2) : Event.Disconnected(thing, i / 2))
            .ToArray();
        events[500] = new JsonObject { ["clientId"] = thing };

        var outcomes = await Host.ReportAsync(events);

        outcomes.Count.ShouldBe(1000);
        outcomes[500].ShouldBe(("rejected", "eventType, timestamp, sessionIdentifier, versionNumber are missing"));
        outcomes.Count(outcome => outcome.Outcome == "accepted").ShouldBe(999);
        (await Host.AskAsync(thing)).Json.Text("disconnectReason").ShouldBe("CONNECTION_LOST");
        (await Host.ReportAsync(events)).Count(outcome => outcome.Outcome == "duplicate").ShouldBe(999);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/jsonp")]
    [InlineData(";")]
    public async Task Another_content_type_is_a_problem(string? contentType) =>
        (await new RawRequest("POST", "/v1/lifecycle-events").WithBody("{}", contentType).SendAsync(Host))
            .ShouldBeProblem(415, "The content type must be application/json or application/x-ndjson.");

    [Fact]
    public async Task A_body_may_have_16_MiB_and_no_byte_more()
    {
        const int Maximum = 16 * 1024 * 1024;
        var (told, chunked) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        static byte[] Of(string thing, int size) => Encoding.ASCII.GetBytes(Event.Connected(thing).ToJsonString().PadRight(size));

        (await new RawRequest("POST", "/v1/lifecycle-events").WithBody(Of(told, Maximum + 1)).SendAsync(Host))
            .ShouldBeProblem(413, "The request body is too large.");
        (await new RawRequest("POST", "/v1/lifecycle-events").WithChunkedBody(Of(chunked, Maximum + 1)).SendAsync(Host))
            .ShouldBeProblem(413);
        (await Host.IsConnectedAsync(told)).ShouldBeFalse();
        (await Host.IsConnectedAsync(chunked)).ShouldBeFalse();
        ApiHost.Outcomes(await new RawRequest("POST", "/v1/lifecycle-events").WithBody(Of(told, Maximum)).SendAsync(Host))
            .ShouldBe([("accepted", null)]);
        // The server counts the framing of chunks as well.
        var framed = new RawRequest("POST", "/v1/lifecycle-events").WithChunkedBody(Of(chunked, Maximum - 32 * 1024));
        ApiHost.Outcomes(await framed.SendAsync(Host)).ShouldBe([("accepted", null)]);
    }

    [Theory]
    [InlineData("%2F")]
    [InlineData("%C3%A4")]
    [InlineData("%")]
    [InlineData("a.b")]
    public async Task A_client_that_can_be_no_thing_is_ignored(string clientId) =>
        (await Host.ReportAsync(Event.Connected(clientId))).ShouldBe([("ignored", "the client id is not a registered thing")]);
}
