using System.Text.Json;
using System.Text.Json.Nodes;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.History;

/// <summary><c>GET /v1/things/{thingName}/sessions</c> and <c>…/availability</c>.</summary>
public sealed class SessionsTests(IndexingHost indexing)
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private ApiHost Host => indexing.Host;

    [Fact]
    public async Task Pairs_connects_and_ends_whatever_the_order_in_which_they_were_reported()
    {
        var lamp = await LampAsync(name =>
            [
            Event.Connected(name, 3, At(40)),
            Event.Disconnected(name, 1, At(10)),
            Event.Connected(name, 1, At(0)),
            Event.Connected(name, 2, At(20)),
            Event.Disconnected(name, 4, At(90), "SERVER_ERROR").With("inferred", true)
                .With("connectedAt", At(80).ToUnixTimeMilliseconds()),
            Event.Connected(name, 5, At(100))]);

        var sessions = await SessionsAsync(lamp, "?order=oldest");

        sessions.Select(session => (
                Version(session), session.Text("ended"), session.GetProperty("connectReported").GetBoolean(),
                Seconds(session)))
            .ShouldBe(
            [
                (1, "reported", true, 600), (2, "unreported", true, null), (3, "unreported", true, null),
                (4, "inferred", false, 600), (5, "open", true, null),
            ]);
        sessions[0].Text("disconnectReason").ShouldBe("CONNECTION_LOST");
        (await SessionsAsync(lamp, "")).Select(Version).ShouldBe([5, 4, 3, 2, 1], "newest first");
    }

    [Theory]
    [InlineData("?order=oldest&limit=2", "&limit=2&order=oldest")]
    [InlineData("?limit=1", "&limit=1")]
    public async Task Pages_give_each_session_once(string first, string next)
    {
        var lamp = await LampAsync(name =>
            [.. Enumerable.Range(1, 5).Select(i => Event.Connected(name, i, At(i)))]);
        var (seen, query) = (new List<long>(), first);
        while (true)
        {
            var page = (await Host.GetAsync($"/v1/things/{lamp}/sessions{query}")).Json;
            seen.AddRange(page.GetProperty("sessions").EnumerateArray().Select(Version));
            if (!page.Has("nextToken")) break;
            query = $"?nextToken={page.Text("nextToken")}{next}";
        }

        seen.Order().ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task A_range_takes_the_sessions_that_lasted_into_it()
    {
        var lamp = await LampAsync(name =>
            [
            Event.Connected(name, 1, At(0)), Event.Disconnected(name, 1, At(10)),
            Event.Connected(name, 2, At(20)), Event.Disconnected(name, 2, At(30)),
            Event.Connected(name, 3, At(40))]);

        (await SessionsAsync(lamp, $"?from={Url(At(25))}&to={Url(At(40))}")).Select(Version).ShouldBe([2]);
        (await SessionsAsync(lamp, $"?from={Url(At(30))}")).Select(Version).ShouldBe([3], "the range is half-open");
        (await SessionsAsync(lamp, $"?from={Url(At(500))}")).Select(Version).ShouldBe([3], "it has not ended");
    }

    [Fact]
    public async Task Availability_is_exact_at_the_edges_of_the_range_and_of_its_intervals()
    {
        var lamp = await LampAsync(name =>
            [
            Event.Connected(name, 1, At(0)), Event.Disconnected(name, 1, At(30)),
            Event.Connected(name, 2, At(40)), Event.Disconnected(name, 2, At(70))]);

        var answer = (await Host.GetAsync(
            $"/v1/things/{lamp}/availability?from={Url(At(-10))}&to={Url(At(80))}&interval=30m")).Json;

        var total = answer.GetProperty("total");
        (Number(total, "connectedSeconds"), Number(total, "disconnectedSeconds"), Number(total, "unknownSeconds"))
            .ShouldBe((3_600, 1_200, 600));
        (Number(total, "availability"), Number(total, "drops"), Number(total, "longestOutageSeconds"))
            .ShouldBe((0.75, 2, 600));
        Number(total, "meanSecondsBetweenDrops").ShouldBe(1_800);
        Number(total, "flappingScore").ShouldBeInRange(0.15, 0.25);
        answer.GetProperty("intervals").EnumerateArray()
            .Select(part => (Number(part, "connectedSeconds"), Number(part, "unknownSeconds"), Number(part, "drops")))
            .ShouldBe([(1_200, 600, 0), (1_200, 0, 1), (1_200, 0, 1)]);
    }

    [Fact]
    public async Task An_unknown_parameter_is_a_problem_that_names_it()
    {
        var lamp = await LampAsync(_ => []);
        foreach (var path in new[] { "connectivity", "events", "sessions", "availability" })
            (await Host.GetAsync($"/v1/things/{lamp}/{path}?form=now")).ShouldBeProblem(400, "form is no parameter");
        (await Host.GetAsync($"/v1/things/{lamp}/sessions?order=up")).ShouldBeProblem(400, "order");
        (await Host.GetAsync($"/v1/things/{lamp}/availability?interval=1s")).ShouldBeProblem(400, "interval");
        (await Host.GetAsync($"/v1/things/{lamp}/availability?from={Url(At(9))}&to={Url(At(9))}"))
            .ShouldBeProblem(400, "earlier");
        (await Host.GetAsync($"/v1/things/{lamp}/events?format=xml")).ShouldBeProblem(400, "format");
    }

    [Theory]
    [InlineData("events", 4)]
    [InlineData("sessions", 2)]
    public async Task A_table_is_given_whole_as_CSV_in_which_no_cell_is_a_formula(string table, int rows)
    {
        var lamp = await LampAsync(name =>
            [
            Event.Connected(name, 1, At(0)).With("principalIdentifier", "=1+1"),
            Event.Disconnected(name, 1, At(10)),
            Event.Connected(name, 2, At(20)), Event.Disconnected(name, 2, At(30))]);

        var answer = await Host.GetAsync($"/v1/things/{lamp}/{table}?format=csv");

        answer.Header("Content-Type").ShouldBe("text/csv; charset=utf-8");
        var lines = answer.Body.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(rows + 1);
        lines[0].ShouldContain("disconnectReason");
        answer.Body.ShouldContain("'=1+1");
        answer.Body.ShouldNotContain(",=1+1");
    }

    private static DateTimeOffset At(double minutes) => Noon.AddMinutes(minutes);

    private static string Url(DateTimeOffset time) => Uri.EscapeDataString($"{time:O}");

    private static long Version(JsonElement session) =>
        session.GetProperty("connection").GetProperty("versionNumber").GetInt64();

    private static double? Seconds(JsonElement session) =>
        session.TryGetProperty("durationSeconds", out var seconds) ? seconds.GetDouble() : null;

    private static double Number(JsonElement element, string name) => element.GetProperty(name).GetDouble();

    private async Task<List<JsonElement>> SessionsAsync(string name, string query)
    {
        var answer = await Host.GetAsync($"/v1/things/{name}/sessions{query}");
        answer.Status.ShouldBe(200, answer.Body);
        return [.. answer.Json.GetProperty("sessions").EnumerateArray()];
    }

    /// <summary>A thing with a history, of which the events are given.</summary>
    private async Task<string> LampAsync(Func<string, IEnumerable<JsonObject>> history)
    {
        var lamp = await Host.CreateThingAsync();
        await Host.ImportAsync([.. history(lamp)]);
        return lamp;
    }
}
