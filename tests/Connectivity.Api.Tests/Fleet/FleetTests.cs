using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Fleet;

/// <summary>The fleet: its counts now and over time, its things, its disconnects.</summary>
public sealed class FleetTests(FleetHost fleet) : IClassFixture<FleetHost>
{
    private ApiHost Host => fleet.Host;

    [Fact]
    public async Task Counts_things_by_state_and_reason() =>
        (await AnswerAsync("/v1/fleet/connectivity")).ShouldCount(
            things: 6, connected: 2, never: 1, ("CONNECTION_LOST", 2), ("MQTT_KEEP_ALIVE_TIMEOUT", 1));

    [Fact]
    public async Task Counts_what_was_true_at_a_minute_and_what_was_known_then()
    {
        (await AnswerAsync($"/v1/fleet/connectivity?asOf={Url(FleetHost.At(15))}")).ShouldCount(
            things: 0, connected: 3, never: 0, ("CONNECTION_LOST", 1));
        (await AnswerAsync($"/v1/fleet/connectivity?asOf={Url(FleetHost.At(0.9))}"))
            .GetProperty("connected").GetInt64().ShouldBe(0, "the time is cut to its minute");
        (await AnswerAsync($"/v1/fleet/connectivity?asOf={Url(FleetHost.At(15))}&by=recordedAt"))
            .ShouldCount(things: 0, connected: 0, never: 0);
        (await AnswerAsync($"/v1/fleet/connectivity?by=recordedAt&asOf={Url(DateTimeOffset.UtcNow.AddMinutes(2))}"))
            .ShouldCount(
                things: 6, connected: 2, never: 1, ("CONNECTION_LOST", 2), ("MQTT_KEEP_ALIVE_TIMEOUT", 1));
    }

    [Fact]
    public async Task A_series_has_connected_things_connects_and_disconnects()
    {
        var series = await AnswerAsync(
            $"/v1/fleet/connectivity/series?from={Url(FleetHost.At(0))}&to={Url(FleetHost.At(40))}&interval=10m");

        series.GetProperty("points").EnumerateArray()
            .Select(point => (
                point.GetProperty("connected").GetInt64(), point.GetProperty("connects").GetInt64(),
                point.GetProperty("disconnects").GetInt64()))
            .ShouldBe([(0, 4, 0), (4, 0, 1), (3, 1, 2), (2, 0, 0)]);
    }

    [Theory]
    [InlineData("", "alarm-1 door-1 lamp-1 lamp-2 lamp-3 pump-1")]
    [InlineData("?state=connected", "door-1 lamp-3")]
    [InlineData("?state=disconnected", "lamp-1 lamp-2 pump-1")]
    [InlineData("?state=never", "alarm-1")]
    [InlineData("?reason=CONNECTION_LOST", "lamp-1 lamp-2")]
    [InlineData("?search=lamp", "lamp-1 lamp-2 lamp-3")]
    [InlineData("?search=P-1&match=contains", "lamp-1 pump-1")]
    [InlineData("?search=lamp&state=disconnected", "lamp-1 lamp-2")]
    [InlineData("?sort=newest", "lamp-3 pump-1 lamp-2 lamp-1 door-1")]
    [InlineData("?sort=oldest&state=disconnected", "lamp-1 lamp-2 pump-1")]
    [InlineData("?changedFrom=2026-03-01T12:20:00Z&changedTo=2026-03-01T12:25:00Z", "lamp-2 pump-1")]
    public async Task Lists_things_by_name_state_reason_and_change(string query, string names)
    {
        foreach (var limit in new[] { 100, 2, 1 })
        {
            var (listed, next) = (new List<string>(), "");
            do
            {
                var page = await AnswerAsync($"/v1/things{query}{(query == "" ? "?" : "&")}limit={limit}{next}");
                listed.AddRange(page.GetProperty("things").EnumerateArray().Select(thing => thing.Text("thingName")!));
                if (next == "")
                    page.GetProperty("total").GetProperty("number").GetInt64()
                        .ShouldBe(query == "?sort=newest" ? 6 : names.Split(' ').Length);
                next = page.Has("nextToken") ? $"&nextToken={page.Text("nextToken")}" : "";
            }
            while (next != "");

            string.Join(' ', listed).ShouldBe(names, $"{query}, {limit} on a page");
        }
    }

    [Fact]
    public async Task A_list_has_only_things_that_the_policies_of_its_sender_allow_and_no_total_of_others()
    {
        var user = await Host.CreateUserAsync(
            """
            {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"connectivity:ListThings",
             "Resource":"arn:aws:iot:*:*:thing/lamp-*"}]}
            """);

        var all = (await Host.SendAsync(user, "GET", "/v1/things?limit=2")).Json;
        all.GetProperty("things").EnumerateArray().Select(thing => thing.Text("thingName"))
            .ShouldBe(["lamp-1", "lamp-2"]);
        all.Has("total").ShouldBeFalse();
        (await Host.SendAsync(user, "GET", "/v1/things?search=lamp-")).Json
            .GetProperty("total").GetProperty("number").GetInt64().ShouldBe(3);
        foreach (var path in new[] { "fleet/connectivity", "fleet/connectivity/series", "disconnects", "disconnects/summary" })
            (await Host.SendAsync(user, "GET", $"/v1/{path}")).Status.ShouldBe(403, path);
    }

    [Fact]
    public async Task Disconnects_are_listed_newest_first_with_their_sessions()
    {
        var range = $"?from={Url(FleetHost.At(0))}&to={Url(FleetHost.At(60))}";
        var (listed, next) = (new List<JsonElement>(), "");
        do
        {
            var page = await AnswerAsync($"/v1/disconnects{range}&limit=1{next}");
            listed.AddRange(page.GetProperty("disconnects").EnumerateArray());
            next = page.Has("nextToken") ? $"&nextToken={page.Text("nextToken")}" : "";
        }
        while (next != "");

        listed.Select(item => (
                item.Text("thingName"), item.GetProperty("session").Text("disconnectReason"),
                item.GetProperty("session").GetProperty("durationSeconds").GetDouble()))
            .ShouldBe(
            [
                ("pump-1", "MQTT_KEEP_ALIVE_TIMEOUT", 1_440), ("lamp-2", "CONNECTION_LOST", 1_140),
                ("lamp-1", "CONNECTION_LOST", 600),
            ]);
        listed.ShouldAllBe(item => item.GetProperty("recordedAt").GetDateTimeOffset() > FleetHost.At(60));
        (await NamesAsync($"/v1/disconnects{range}&reason=CONNECTION_LOST")).ShouldBe(["lamp-2", "lamp-1"]);
        (await NamesAsync($"/v1/disconnects{range}&prefix=pump")).ShouldBe(["pump-1"]);
        (await NamesAsync($"/v1/disconnects?from={Url(FleetHost.At(11.1))}&to={Url(FleetHost.At(24.5))}"))
            .ShouldBe(["lamp-2"]);
        (await Host.GetAsync($"/v1/disconnects{range}&format=csv")).Body
            .Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Disconnects_are_summed_up_by_reason_thing_and_time()
    {
        var range = $"from={Url(FleetHost.At(0))}&to={Url(FleetHost.At(60))}";
        var byReason = await AnswerAsync($"/v1/disconnects/summary?{range}&interval=20m");
        byReason.GetProperty("disconnects").GetInt64().ShouldBe(3);
        byReason.GetProperty("groups").EnumerateArray()
            .Select(group => (
                group.Text("reason"), group.GetProperty("disconnects").GetInt64(),
                string.Join(' ', group.GetProperty("intervals").EnumerateArray()
                    .Select(part => $"{part.GetProperty("from").GetDateTimeOffset():mm}:{part.GetProperty("disconnects")}"))))
            .ShouldBe([("CONNECTION_LOST", 2, "00:1 20:1"), ("MQTT_KEEP_ALIVE_TIMEOUT", 1, "20:1")]);

        var byThing = await AnswerAsync($"/v1/disconnects/summary?{range}&groupBy=thing&limit=2");
        (byThing.GetProperty("disconnects").GetInt64(), byThing.GetProperty("things").GetInt64()).ShouldBe((3, 3));
        byThing.GetProperty("groups").EnumerateArray().Select(group => group.Text("thingName"))
            .ShouldBe(["pump-1", "lamp-2"]);
        (await AnswerAsync($"/v1/disconnects/summary?{range}&groupBy=hour"))
            .GetProperty("groups").EnumerateArray().Select(group => group.GetProperty("disconnects").GetInt64())
            .ShouldBe([3]);
    }

    [Fact]
    public async Task Many_things_are_asked_at_once_now_and_in_the_past_one_outcome_for_each_name()
    {
        const string Names = """ "lamp-1", "nobody", "lamp-3", "lamp-1" """;
        var now = await BatchAsync($$"""{"thingNames":[{{Names}}]}""");
        now.ShouldBe(
            [("lamp-1", "found", false), ("nobody", "notFound", null), ("lamp-3", "found", true), ("lamp-1", "found", false)]);
        (await BatchAsync($$"""{"thingNames":[{{Names}}],"asOf":"2026-03-01T12:05:00Z"}""")).Select(item => item.Connected)
            .ShouldBe([true, null, false, true]);
        (await BatchAsync($$"""{"thingNames":[{{Names}}],"asOf":"2026-03-01T12:05:00Z","by":"recordedAt"}"""))
            .Select(item => item.Connected).ShouldBe([false, null, false, false]);
        foreach (var body in new[] { "{}", "[]", """{"thingNames":[]}""", """{"thingNames":["a b"]}""", "" })
            (await Host.SendAsync(HttpMethod.Post, "/v1/connectivity:batchGet", body)).ShouldBeProblem(400);
    }

    [Theory]
    [InlineData("/v1/things?state=off", "state")]
    [InlineData("/v1/things?name=lamp", "name is no parameter")]
    [InlineData("/v1/things?reason=CONNECTION_LOST&state=connected", "reason")]
    [InlineData("/v1/things?nextToken=invented", "nextToken")]
    [InlineData("/v1/fleet/connectivity?by=recordedAt", "asOf")]
    [InlineData("/v1/fleet/connectivity/series?interval=1m&from=2026-01-01T00:00:00Z", "intervals")]
    [InlineData("/v1/disconnects/summary?groupBy=colour", "groupBy")]
    [InlineData("/v1/disconnects/summary?prefix=lamp", "groupBy=thing")]
    [InlineData("/v1/disconnects?from=yesterday", "from")]
    public async Task A_question_that_can_not_be_answered_is_a_problem_that_says_why(string path, string why) =>
        (await Host.GetAsync(path)).ShouldBeProblem(400, why);

    private static string Url(DateTimeOffset time) => Uri.EscapeDataString($"{time:O}");

    private async Task<JsonElement> AnswerAsync(string path)
    {
        var answer = await Host.GetAsync(path);
        answer.Status.ShouldBe(200, answer.Body);
        return answer.Json;
    }

    private async Task<IEnumerable<string>> NamesAsync(string path) =>
        (await AnswerAsync(path)).GetProperty("disconnects").EnumerateArray().Select(item => item.Text("thingName")!);

    private async Task<IReadOnlyList<(string Name, string Outcome, bool? Connected)>> BatchAsync(string body)
    {
        var answer = await Host.SendAsync(HttpMethod.Post, "/v1/connectivity:batchGet", body);
        answer.Status.ShouldBe(200, answer.Body);
        return
        [
            .. answer.Json.GetProperty("things").EnumerateArray().Select(item => (
                item.Text("thingName")!, item.Text("outcome")!,
                item.TryGetProperty("connectivity", out var found)
                    ? found.GetProperty("connected").GetBoolean()
                    : (bool?)null)),
        ];
    }
}
