using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.History;

/// <summary><c>GET /v1/things/{thingName}/connectivity</c>.</summary>
public sealed class ConnectivityTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    [Fact]
    public async Task A_thing_that_never_connected_has_no_session_details()
    {
        var name = await Host.CreateThingAsync();
        (await Host.GetAsync($"/v1/things/{name}/connectivity")).Json
            .ShouldBeJson($$"""{"thingName":"{{name}}","connected":false,"disconnectReason":"UNKNOWN"}""");
    }

    [Fact]
    public async Task Returns_a_connection_with_its_session_details()
    {
        var name = await Host.CreateThingAsync();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        await Host.ReportAsync(Event.Connected(name, 7, at).WithDetails().With("principalIdentifier", "plant-7"));

        var answer = (await Host.GetAsync($"/v1/things/{name}/connectivity")).Json;

        answer.GetProperty("connected").GetBoolean().ShouldBeTrue();
        answer.GetProperty("occurredAt").GetDateTimeOffset().ShouldBe(at);
        answer.GetProperty("connectedAt").GetDateTimeOffset().ShouldBe(at);
        answer.Has("disconnectedAt").ShouldBeFalse();
        answer.Has("inferred").ShouldBeFalse();
        answer.Text("disconnectReason").ShouldBe("NONE");
        answer.Text("clientId").ShouldBe(name);
        answer.Text("principalIdentifier").ShouldBe("plant-7");
        answer.GetProperty("connection")
            .ShouldBeJson("""{"source":"http","sessionIdentifier":"session-7","versionNumber":7}""");
        answer.GetProperty("keepAliveDuration").GetInt32().ShouldBe(60);
        answer.GetProperty("sessionExpiry").GetInt64().ShouldBe(3600);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Returns_of_an_end_alone_when_its_connection_began_and_whether_the_end_was_inferred(bool inferred)
    {
        var name = await Host.CreateThingAsync();
        var began = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 5_000);
        await Host.ReportAsync(Event.Disconnected(name, 7, began.AddSeconds(1))
            .With("connectedAt", began.ToUnixTimeMilliseconds()).With("inferred", inferred));

        var answer = (await Host.GetAsync($"/v1/things/{name}/connectivity")).Json;

        answer.GetProperty("connectedAt").GetDateTimeOffset().ShouldBe(began);
        answer.GetProperty("disconnectedAt").GetDateTimeOffset().ShouldBe(began.AddSeconds(1));
        answer.GetProperty("inferred").GetBoolean().ShouldBe(inferred);
    }

    [Fact]
    public async Task An_end_that_was_reported_outranks_one_that_was_inferred()
    {
        var name = await Host.CreateThingAsync();
        var ended = DateTimeOffset.UtcNow.AddSeconds(-5);
        (await Host.ReportAsync(
            Event.Disconnected(name, 7, ended, "MQTT_KEEP_ALIVE_TIMEOUT"),
            Event.Disconnected(name, 7, ended.AddSeconds(1), "SERVER_ERROR").With("inferred", true)))
            .ShouldBe([("accepted", null), ("late", null)]);

        var answer = (await Host.GetAsync($"/v1/things/{name}/connectivity")).Json;

        answer.Text("disconnectReason").ShouldBe("MQTT_KEEP_ALIVE_TIMEOUT");
        answer.GetProperty("inferred").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Returns_the_state_as_of_a_past_time()
    {
        var name = await Host.CreateThingAsync();
        var begin = DateTimeOffset.UtcNow.AddSeconds(-90);
        await Host.ReportAsync(Event.Connected(name, 1, begin),
            Event.Disconnected(name, 1, begin.AddSeconds(20), "MQTT_KEEP_ALIVE_TIMEOUT"),
            Event.Connected(name, 2, begin.AddSeconds(40)));
        async Task<(bool, string?)> AsOf(double seconds)
        {
            var time = Uri.EscapeDataString(begin.AddSeconds(seconds).ToString("O"));
            var answer = (await Host.GetAsync($"/v1/things/{name}/connectivity?asOf={time}")).Json;
            return (answer.GetProperty("connected").GetBoolean(), answer.Text("disconnectReason"));
        }

        (await AsOf(-1)).ShouldBe((false, "UNKNOWN"));
        (await AsOf(10)).ShouldBe((true, "NONE"));
        (await AsOf(30)).ShouldBe((false, "MQTT_KEEP_ALIVE_TIMEOUT"));
        (await AsOf(50)).ShouldBe((true, "NONE"));
    }

    [Theory]
    [InlineData("2026-11-23T12:00:00Z", true)]
    [InlineData("2026-11-23T12:00:00.123456Z", true)]
    [InlineData("2026-11-23T12:00:00%2B01:00", true)]
    [InlineData("2026-11-23T12:00:59.123456789Z", true)]
    [InlineData("2026-11-23t12:00:60z", true)]
    [InlineData("2026-11-23T12:00:00", false)]
    [InlineData("0001-01-01T00:00:00Z", true)]
    [InlineData("9999-12-31T23:59:59Z", true)]
    [InlineData("0001-01-01T00:00:00%2B14:00", false)]
    [InlineData("", false)]
    [InlineData("yesterday", false)]
    [InlineData("2026-11-23", false)]
    [InlineData("1764000000", false)]
    [InlineData("2026-11-23T12:00:00+01:00", false)]
    [InlineData("2026-13-23T12:00:00Z", false)]
    [InlineData("%00", false)]
    [InlineData("2026-11-23T12:00:00Z&asOf=2026-11-23T12:00:00Z", false)]
    public async Task Accepts_only_times_of_rfc_3339(string asOf, bool isValid)
    {
        var name = await Host.CreateThingAsync();
        var answer = await new RawRequest("GET", $"/v1/things/{name}/connectivity?asOf={asOf}").SendAsync(Host);
        if (isValid) answer.Status.ShouldBe(200, answer.Body);
        else answer.ShouldBeProblem(400);
    }

    [Fact]
    public async Task Returns_socket_information_only_with_opt_in_and_on_request()
    {
        await using var closed = await ApiHost.StartAsync();
        await closed.TurnIndexingOnAsync();
        foreach (var (host, releases) in new[] { (Host, true), (closed, false) })
        {
            var name = await host.CreateThingAsync();
            await host.ReportAsync(Event.Connected(name).WithDetails());
            (string, bool)[] queries =
                [("", false), ("?includeSocketInformation=false", false), ("?includeSocketInformation=true", true)];
            foreach (var (query, asks) in queries)
            {
                var state = await host.GetAsync($"/v1/things/{name}/connectivity{query}");
                var events = await host.GetAsync($"/v1/things/{name}/events{query}");
                foreach (var answer in new[] { state, events })
                    answer.Body.Contains("192.0.2.7").ShouldBe(releases && asks, answer.Body);
                state.Body.Contains("\"socket\"").ShouldBe(releases && asks);
            }

            (await host.AskAsync(name, includeSocketInformation: true)).Json.Has("sourceIp").ShouldBe(releases);
            (await host.AskAsync(name)).Json.Has("sourceIp").ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("connectivity")]
    [InlineData("events")]
    public async Task Unknown_things_invalid_parameters_and_disabled_indexing_are_problems(string resource)
    {
        (await Host.GetAsync($"/v1/things/not-registered/{resource}")).ShouldBeProblem(404, "No thing has this name.");
        foreach (var name in (string[])["a%2Fb", "a%20b", "%", "a.b", "%C3%A4", new string('x', 129)])
            (await new RawRequest("GET", $"/v1/things/{name}/{resource}").SendAsync(Host))
                .ShouldBeProblem(400, "A thing's name has 1 to 128 characters of [a-zA-Z0-9:_-]+.");
        foreach (var value in (string[])["maybe", "", "1", "true&includeSocketInformation=true"])
            (await Host.GetAsync($"/v1/things/not-registered/{resource}?includeSocketInformation={value}"))
                .ShouldBeProblem(400);
        await using var off = await ApiHost.StartAsync();
        (await off.GetAsync($"/v1/things/pump/{resource}")).ShouldBeProblem(409, "Connectivity indexing is off");
    }

    [Theory]
    [InlineData("GET", "/v1")]
    [InlineData("GET", "/v1/nothing")]
    [InlineData("GET", "/v1/nothing.json")]
    [InlineData("GET", "/v1/fleet")]
    public async Task An_unknown_path_under_v1_is_a_problem(string method, string target) =>
        (await new RawRequest(method, target).SendAsync(Host)).ShouldBeProblem(404, "Nothing is served at this path.");
}
