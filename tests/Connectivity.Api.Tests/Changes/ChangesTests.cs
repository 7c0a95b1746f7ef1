using System.Text.Json;
using Connectivity.Api.Changes;
using Connectivity.Api.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Changes;

/// <summary><c>GET /v1/changes</c> as pages of JSON and as NDJSON.</summary>
public sealed class ChangesTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Pages_every_event_of_the_account_in_recorded_order()
    {
        var (lamp, door) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        var begin = DateTimeOffset.UtcNow.AddSeconds(-30);
        await Host.ReportAsync(Event.Connected(lamp, 2, begin));
        await Host.ReportAsync(Event.Connected(door, 1, begin));
        await Host.ReportAsync(Event.Disconnected(lamp, 1, begin.AddSeconds(-1)));

        var (events, after) = (new List<JsonElement>(), "start");
        while (true)
        {
            var page = await PageAsync($"?thing={lamp}&thing={door}&limit=2&after={after}");
            events.AddRange(page.GetProperty("events").EnumerateArray());
            after = page.Text("nextToken");
            if (page.GetProperty("events").GetArrayLength() == 0) break;
        }

        events.Select(e => e.Text("thingName")).ShouldBe([lamp, door, lamp]);
        events.Select(e => e.GetProperty("late").GetBoolean()).ShouldBe([false, false, true]);
        events.Where(e => e.Text("thingName") == lamp).Select(e => e.ToString())
            .ShouldBe((await Host.EventsAsync(lamp)).Select(e => e.ToString()), "they are the items of the history");
    }

    [Fact]
    public async Task Waits_for_the_first_event_where_there_is_none()
    {
        var lamp = await Host.CreateThingAsync();
        var now = (await PageAsync($"?thing={lamp}")).Text("nextToken");
        var waiting = PageAsync($"?thing={lamp}&after={now}&wait=30");

        await Host.ReportAsync(Event.Connected(lamp));

        var page = await waiting;
        page.GetProperty("events").EnumerateArray().ShouldHaveSingleItem().Text("thingName").ShouldBe(lamp);
        (await PageAsync($"?thing={lamp}&after={page.Text("nextToken")}&wait=0.1"))
            .GetProperty("events").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_page_that_waits_tells_nothing_to_a_key_that_was_disabled_meanwhile()
    {
        var clock = new SkewedClock();
        await using var host = await ApiHost.StartWithClockAsync(clock);
        await host.TurnIndexingOnAsync();
        var lamp = await host.CreateThingAsync();
        var user = await host.CreateUserAsync(Policy.AllowAll);
        var waiting = host.SendAsync(user, "GET", "/v1/changes?wait=30");
        var streams = host.Services.GetRequiredService<StreamLimits>();
        await Testing.Eventually.Is(() => streams.Open == 1, because: "the page waits");

        await host.DisableAsync(user);
        clock.Skew = TimeSpan.FromSeconds(2);
        await host.ReportAsync(Event.Connected(lamp));

        (await waiting).Json.GetProperty("events").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task Replays_lines_from_any_cursor()
    {
        var prefix = $"replay-{Guid.NewGuid():N}";
        var names = Enumerable.Range(0, 5).Select(i => $"{prefix}-{i}").ToList();
        foreach (var name in names)
        {
            await Host.CreateThingAsync(name);
            await Host.ReportAsync(Event.Connected(name));
        }

        var lines = await LinesAsync($"?prefix={prefix}&after=start");

        lines.SkipLast(1).Select(line => line.GetProperty("event").Text("thingName")).ShouldBe(names);
        lines[^1].Has("event").ShouldBeFalse("the last line is the cursor where the next replay goes on");
        for (var i = 0; i < names.Count; i++)
            (await LinesAsync($"?prefix={prefix}&after={lines[i].Text("cursor")}"))
                .SkipLast(1).Select(line => line.GetProperty("event").Text("thingName")).ShouldBe(names.Skip(i + 1));
        (await LinesAsync($"?prefix={prefix}&after={lines[^1].Text("cursor")}")).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("", 3)]
    [InlineData("&kind=connected", 1)]
    [InlineData("&kind=disconnected", 2)]
    [InlineData("&reason=CONNECTION_LOST", 1)]
    [InlineData("&reason=SERVER_ERROR", 1)]
    [InlineData("&reason=THROTTLED", 0)]
    [InlineData("&late=true", 3)]
    [InlineData("&late=false", 2)]
    [InlineData("&late=false&kind=disconnected&reason=CONNECTION_LOST", 1)]
    public async Task Leaves_out_what_the_filter_does_not_take(string filter, int expected)
    {
        var lamp = await Host.CreateThingAsync();
        var begin = DateTimeOffset.UtcNow.AddSeconds(-30);
        await Host.ReportAsync(
            Event.Connected(lamp, 2, begin), Event.Disconnected(lamp, 2, begin.AddSeconds(1)),
            Event.Disconnected(lamp, 1, begin.AddSeconds(-9), "SERVER_ERROR"));

        (await PageAsync($"?thing={lamp}&after=start{filter}")).GetProperty("events").GetArrayLength()
            .ShouldBe(expected);
    }

    [Theory]
    [InlineData("?things=lamp", "things is no parameter")]
    [InlineData("?thing=not%20a%20name", "thing")]
    [InlineData("?prefix=%23", "prefix")]
    [InlineData("?kind=both", "kind")]
    [InlineData("?reason=", "reason")]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=1001", "limit")]
    [InlineData("?wait=31", "wait")]
    [InlineData("?wait=NaN", "wait")]
    [InlineData("?after=yesterday", "after")]
    [InlineData("?after=1.-2.00000000", "after")]
    [InlineData("?after=1.99999999999999999999.00000000", "after")]
    [InlineData("?after=1.2.%00%00%00%00", "after")]
    public async Task Refuses_a_parameter_that_it_does_not_know_or_can_not_read(string query, string named) =>
        (await Host.GetAsync("/v1/changes" + query)).ShouldBeProblem(400, named);

    [Fact]
    public async Task A_place_that_is_not_in_the_log_is_gone()
    {
        var lamp = await Host.CreateThingAsync();
        await Host.ReportAsync(Event.Connected(lamp));
        var cursor = (await PageAsync($"?thing={lamp}&after=start")).Text("nextToken")!.Split('.');

        foreach (var gone in (string[])
            [$"99.{cursor[1]}.{cursor[2]}", $"{cursor[0]}.99999999.{cursor[2]}", $"{cursor[0]}.{cursor[1]}.00000001"])
            (await Host.GetAsync($"/v1/changes?after={gone}")).ShouldBeProblem(410, "after=now");
    }

    [Fact]
    public async Task Shows_the_events_of_the_things_that_policies_allow()
    {
        var (lamp, door) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        foreach (var thing in (string[])[lamp, door]) await Host.ReportAsync(Event.Connected(thing).WithDetails());
        var query = $"/v1/changes?after=start&thing={lamp}&thing={door}&includeSocketInformation=true";
        var onlyLamp = await Host.CreateUserAsync(
            Policy.Allow("connectivity:ListChanges", $"arn:aws:iot:us-east-1:{Users.Account}:thing/{lamp}"));
        var allButSockets = await Host.CreateUserAsync(
            """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "connectivity:*", "Resource": "*",
             "Condition": {"Bool": {"iot:IncludeSocketInformation": "false"}}}]}
            """);
        var none = await Host.CreateUserAsync();

        (await EventsAsync(onlyLamp)).ShouldHaveSingleItem().Text("thingName").ShouldBe(lamp);
        (await EventsAsync(onlyLamp))[0].Has("socket").ShouldBeTrue();
        (await EventsAsync(allButSockets)).Select(e => (e.Text("thingName"), e.Has("socket")))
            .ShouldBe([(lamp, false), (door, false)]);
        (await Host.SendAsync(none, "GET", query)).ShouldBeRefusal(403, "AccessDeniedException");
        (await PageAsync($"?after=start&thing={lamp}"))
            .GetProperty("events")[0].Has("socket").ShouldBeFalse("addresses are returned on request only");

        async Task<List<JsonElement>> EventsAsync(User user)
        {
            var answer = await Host.SendAsync(user, "GET", query);
            answer.Status.ShouldBe(200, answer.Body);
            return [.. answer.Json.GetProperty("events").EnumerateArray()];
        }
    }

    private async Task<JsonElement> PageAsync(string query)
    {
        var answer = await Host.GetAsync("/v1/changes" + query);
        answer.Status.ShouldBe(200, answer.Body);
        return answer.Json;
    }

    private async Task<List<JsonElement>> LinesAsync(string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/changes" + query);
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        var answer = await Host.SendAsync(request);
        answer.Status.ShouldBe(200, answer.Body);
        answer.Header("Content-Type").ShouldBe("application/x-ndjson");
        return [.. answer.Body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }
}
