using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.History;

/// <summary><c>GET /v1/things/{thingName}/events</c>.</summary>
public sealed class EventsTests(IndexingHost indexing)
{
    private ApiHost Host => indexing.Host;

    [Fact]
    public async Task Pages_a_stream_in_the_order_of_recording()
    {
        var name = await Host.CreateThingAsync();
        var begin = DateTimeOffset.UtcNow.AddSeconds(-30);
        string[] reasons = ["CONNECTION_LOST", "MQTT_KEEP_ALIVE_TIMEOUT", "DUPLICATE_CLIENTID"];
        // The middle connection's events arrive last.
        foreach (var i in (int[])[0, 2, 1])
            await Host.ReportAsync(
                Event.Connected(name, i, begin.AddSeconds(2 * i)),
                Event.Disconnected(name, i, begin.AddSeconds(2 * i + 1), reasons[i])
                    .With("clientInitiatedDisconnect", false));

        var (pages, query) = (new List<JsonElement>(), "?limit=2");
        while (true)
        {
            var page = (await Host.GetAsync($"/v1/things/{name}/events{query}")).Json;
            pages.Add(page);
            if (!page.Has("nextToken")) break;
            query = $"?limit=2&nextToken={page.Text("nextToken")}";
        }

        pages.Select(page => page.GetProperty("events").GetArrayLength()).ShouldBe([2, 2, 2]);
        var events = pages.SelectMany(page => page.GetProperty("events").EnumerateArray()).ToList();
        events.Select(e => e.Text("eventType"))
            .ShouldBe(["connected", "disconnected", "connected", "disconnected", "connected", "disconnected"]);
        events.Where(e => e.Has("disconnectReason")).Select(e => e.Text("disconnectReason"))
            .ShouldBe([reasons[0], reasons[2], reasons[1]]);
        events.Select(e => e.GetProperty("position").GetInt64()).ShouldBeInOrder();
        events.Select(e => e.GetProperty("eventId").GetGuid()).ShouldBeUnique();
        events.Select(e => e.GetProperty("late").GetBoolean()).ShouldBe([false, false, false, false, true, true]);
        events[3].GetProperty("clientInitiatedDisconnect").GetBoolean().ShouldBeFalse();
        events[0].GetProperty("connection").GetProperty("versionNumber").GetInt64().ShouldBe(0);
        events[0].GetProperty("occurredAt").GetDateTimeOffset().ShouldBe(begin, TimeSpan.FromMilliseconds(1));
        events.Select(e => e.GetProperty("recordedAt").GetDateTimeOffset())
            .ShouldAllBe(time => time > begin && time < DateTimeOffset.UtcNow.AddSeconds(5));
        (await Host.EventsAsync(name)).Select(e => e.ToString()).ShouldBe(events.Select(e => e.ToString()));
    }

    [Fact]
    public async Task Stores_a_repeated_event_once()
    {
        var name = await Host.CreateThingAsync();
        var connect = Event.Connected(name);
        (await Host.ReportAsync(connect)).ShouldBe([("accepted", null)]);
        (await Host.ReportAsync(connect)).ShouldBe([("duplicate", null)]);
        (await Host.EventsAsync(name)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Shows_of_an_end_when_its_connection_began_and_whether_the_end_was_inferred()
    {
        var name = await Host.CreateThingAsync();
        var began = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 5_000);
        await Host.ReportAsync(
            Event.Connected(name, 1, began).With("connectedAt", 1).With("inferred", "not read of a connect"),
            Event.Disconnected(name, 1, began.AddSeconds(1))
                .With("connectedAt", began.ToUnixTimeMilliseconds()).With("inferred", true),
            Event.Disconnected(name, 1, began.AddSeconds(2)));

        var events = await Host.EventsAsync(name);

        events[0].Has("connectedAt").ShouldBeFalse();
        events[0].Has("inferred").ShouldBeFalse();
        events[1].GetProperty("connectedAt").GetDateTimeOffset().ShouldBe(began);
        events[1].GetProperty("inferred").GetBoolean().ShouldBeTrue();
        events[2].Has("connectedAt").ShouldBeFalse();
        events[2].GetProperty("inferred").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=-1")]
    [InlineData("limit=1001")]
    [InlineData("limit=abc")]
    [InlineData("limit=")]
    [InlineData("limit=1.5")]
    [InlineData("limit=99999999999999999999")]
    [InlineData("limit=1&limit=2")]
    [InlineData("nextToken=")]
    [InlineData("nextToken=garbage")]
    [InlineData("nextToken=%00")]
    [InlineData("nextToken=%F0%9F%9A%80")]
    public async Task An_invalid_query_string_is_a_problem(string query)
    {
        var name = await Host.CreateThingAsync();
        (await new RawRequest("GET", $"/v1/things/{name}/events?{query}").SendAsync(Host)).ShouldBeProblem(400);
    }

    [Fact]
    public async Task Refuses_a_next_token_of_another_stream_or_of_a_deleted_thing()
    {
        var (one, other) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        foreach (var name in new[] { one, other })
            await Host.ReportAsync(Event.Connected(name), Event.Disconnected(name));
        var token = (await Host.GetAsync($"/v1/things/{one}/events?limit=1")).Json.Text("nextToken");

        (await Host.GetAsync($"/v1/things/{other}/events?nextToken={token}"))
            .ShouldBeProblem(400, "nextToken was not issued for this listing.");
        await Host.DeleteThingAsync(one);
        await Host.CreateThingAsync(one);
        (await Host.GetAsync($"/v1/things/{one}/events?nextToken={token}")).ShouldBeProblem(400);
    }
}
