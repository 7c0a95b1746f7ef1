using System.Text;
using System.Text.Json.Nodes;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>
/// A bad event is rejected alone with a clear reason: the state of its thing does not change, and the other events are
/// stored.
/// </summary>
public sealed class BadEventTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    /// <summary>A member, its bad value in JSON, and the reason of the rejection.</summary>
    public static TheoryData<string, string, string> Values
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            string[] texts =
                ["clientId", "eventType", "sessionIdentifier", "source", "principalIdentifier", "vpcEndpointId"];
            foreach (var name in texts)
            {
                foreach (var value in (string[])["1", "true", "[]", "{}", "[\"a\"]"])
                    data.Add(name, value, $"{name} must be a string");
                foreach (var value in (string[])["\"\\ud800\"", "\"\\udc00a\"", "\"a\\u0000\""])
                    data.Add(name, value, $"{name} contains NUL or an unpaired surrogate");
                data.Add(name, "\"\"", $"{name} must have 1 to 1024 characters");
                data.Add(name, $"\"{new string('x', 1025)}\"", $"{name} must have 1 to 1024 characters");
            }

            (string, long, long)[] numbers =
            [
                ("versionNumber", 0, long.MaxValue), ("keepAliveDuration", 0, 65535),
                ("sessionExpiry", 0, uint.MaxValue), ("sourcePort", 0, 65535), ("targetPort", 0, 65535),
            ];
            string[] invalidNumbers =
                ["\"1\"", "true", "[1]", "{}", "-1", "1.5", "1e400", "-1e400", "9223372036854775808", "1e-5"];
            foreach (var (name, minimum, maximum) in numbers)
                foreach (var value in invalidNumbers)
                    data.Add(name, value, $"{name} must be a whole number from {minimum} to {maximum}");

            foreach (var name in (string[])["cleanSession", "clientInitiatedDisconnect", "inferred"])
                foreach (var value in (string[])["\"true\"", "1", "[]", "{}"])
                    data.Add(name, value, $"{name} must be true or false");
            foreach (var name in (string[])["ipAddress", "sourceIp", "targetIp"])
                foreach (var value in (string[])["\"localhost\"", "\"1.2.3.4:80\"", "\"999.1.1.1\"", "\"::g\""])
                    data.Add(name, value, $"{name} must be an IPv4 or IPv6 address");
            foreach (var value in (string[])["\"NONE\"", "\"lost\"", "\"A-B\"", "\"_A\""])
                data.Add(
                    "disconnectReason", value,
                    "disconnectReason must be a disconnect reason such as CONNECTION_LOST, and not NONE");
            data.Add("disconnectReason", "7", "disconnectReason must be a string");
            foreach (var value in (string[])["\"Connected\"", "\"subscribed\"", "\"connect_failed\""])
                data.Add("eventType", value, "eventType must be connected or disconnected");

            const string Seconds =
                " looks like seconds: it must be milliseconds since 1970, and not before the year 2000";
            const string Future = "timestamp is in the future: it is more than 2 minutes ahead of the database's clock";
            string[] noTimes = ["\"2026-11-23T12:00:00Z\"", "\"1\"", "true", "{}", "1764000000000.5", "1e400"];
            foreach (var name in (string[])["timestamp", "connectedAt"])
            {
                foreach (var value in noTimes)
                    data.Add(name, value, $"{name} must be a whole number of milliseconds since 1970");
                string[] seconds = ["0", "-1", "1764000000", "946684799999", "-9223372036854775808", "-1e28"];
                foreach (var value in seconds) data.Add(name, value, name + Seconds);
            }

            string[] futureTimes =
                ["9999999999999", "253402300799999", "253402300800000", "9223372036854775807", "1e28"];
            foreach (var value in futureTimes)
            {
                data.Add("timestamp", value, Future);
                data.Add("connectedAt", value, "connectedAt is after timestamp");
            }

            return data;
        }
    }

    [Fact]
    public async Task An_invalid_value_rejects_only_its_event()
    {
        // One test with all values, because a test for each value would take a minute.
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
    public async Task Names_a_required_member_that_is_missing_or_null(string name)
    {
        var without = Event.Connected("pump").With(name, null).ToJsonString();
        var isNull = without[..^1] + $",\"{name}\":null}}";
        (await Host.ReportAsync($"[{without},{isNull}]"))
            .ShouldBe([("rejected", $"{name} is missing"), ("rejected", $"{name} is missing")]);
    }

    [Fact]
    public async Task Lists_all_errors_of_an_event_in_one_reason()
    {
        (await Host.ReportAsync("{}"))
            .ShouldBe([("rejected", "clientId, eventType, timestamp, sessionIdentifier, versionNumber are missing")]);
        var bad = Event.Connected("pump").With("versionNumber", -1).With("cleanSession", "x").With("sourceIp", "y");
        (await Host.ReportAsync(bad)).Single().Reason.ShouldBe(
            "versionNumber must be a whole number from 0 to 9223372036854775807; cleanSession must be true or false; "
            + "sourceIp must be an IPv4 or IPv6 address");
    }

    [Theory]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("[[]]")]
    [InlineData("[[[{}]]]")]
    public async Task Rejects_an_event_that_is_not_an_object(string body)
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
    public async Task Accepts_invalid_text_in_an_unknown_member(string beginning)
    {
        var thing = await Host.CreateThingAsync();
        var body = beginning + Event.Connected(thing).ToJsonString()[1..];
        (await Host.ReportAsync($"[{body},{body}]")).Select(outcome => outcome.Outcome)
            .ShouldBe(["accepted", "duplicate"]);
    }

    [Fact]
    public async Task Uses_the_last_of_two_members_with_one_name()
    {
        var thing = await Host.CreateThingAsync();
        await Host.ReportAsync("{\"clientId\":7," + Event.Connected(thing).ToJsonString()[1..]);
        (await Host.IsConnectedAsync(thing)).ShouldBeTrue();
    }

    [Fact]
    public async Task Rejects_an_event_with_invalid_utf8()
    {
        var thing = await Host.CreateThingAsync();
        byte[] bad = [.. "{\"clientId\":\""u8, 0xC3, 0x28,
            .. "\",\"eventType\":\"connected\",\"timestamp\":1,\"sessionIdentifier\":\"s\",\"versionNumber\":1}"u8];
        byte[] badName = [.. "{\""u8, 0xFF, .. "\":1}"u8];
        byte[] body =
        [
            .. bad, (byte)'\n', .. badName, (byte)'\n',
            .. Encoding.UTF8.GetBytes(Event.Connected(thing).ToJsonString()),
        ];

        var request = new RawRequest("POST", "/v1/lifecycle-events").WithBody(body, "application/x-ndjson");
        var outcomes = ApiHost.Outcomes(await request.SendAsync(Host));

        outcomes.Select(outcome => outcome.Outcome).ShouldBe(["rejected", "rejected", "accepted"]);
    }

    [Fact]
    public async Task Rejects_only_the_bad_event_among_a_thousand()
    {
        var thing = await Host.CreateThingAsync();
        var events = Enumerable.Range(0, 1000)
            .Select(i => i % 2 == 0 ? Event.Connected(thing, i / 2) : Event.Disconnected(thing, i / 2)).ToArray();
        events[500] = new JsonObject { ["clientId"] = thing };

        var outcomes = await Host.ReportAsync(events);

        outcomes.Count.ShouldBe(1000);
        outcomes[500].ShouldBe(("rejected", "eventType, timestamp, sessionIdentifier, versionNumber are missing"));
        outcomes.Count(outcome => outcome.Outcome == "accepted").ShouldBe(999);
        (await Host.AskAsync(thing)).Json.Text("disconnectReason").ShouldBe("CONNECTION_LOST");
        (await Host.ReportAsync(events)).Count(outcome => outcome.Outcome == "duplicate").ShouldBe(999);
    }

    [Theory]
    [InlineData("%2F")]
    [InlineData("%C3%A4")]
    [InlineData("%")]
    [InlineData("a.b")]
    public async Task Ignores_an_event_whose_client_id_is_not_a_thing_name(string clientId) =>
        (await Host.ReportAsync(Event.Connected(clientId)))
            .ShouldBe([("ignored", "the client id is not a registered thing")]);
}
