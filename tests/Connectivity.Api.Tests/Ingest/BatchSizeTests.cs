using System.Text;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Ingest;

/// <summary>How many events a request may have, and what is made of a request that has more: nothing.</summary>
public sealed class BatchSizeTests(IndexingHost indexing)
{
    private const int Maximum = 10_000;
    private const string Problem = "A request may have 10000 events at most. Nothing was stored.";

    private ApiHost Host => indexing.Host;

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    public async Task Answers_as_many_items_as_a_request_may_have_and_refuses_one_more(string item)
    {
        foreach (var contentType in (string[])["application/json", "application/x-ndjson"])
        {
            string Of(int items) => contentType == "application/json"
                ? $"[{string.Join(',', Enumerable.Repeat(item, items))}]"
                : string.Join('\n', Enumerable.Repeat(item, items));
            (await Host.SendAsync(HttpMethod.Post, "/v1/lifecycle-events", Of(Maximum + 1), contentType))
                .ShouldBeProblem(413, Problem);
            (await Host.ReportAsync(Of(Maximum), contentType)).Count.ShouldBe(Maximum);
        }
    }

    [Fact]
    public async Task Stores_nothing_of_a_batch_that_is_too_long()
    {
        var thing = await Host.CreateThingAsync();
        var body = $"[{Event.Connected(thing).ToJsonString()}{string.Concat(Enumerable.Repeat(",1", Maximum))}]";
        (await Host.PostAsync("/v1/lifecycle-events", body)).ShouldBeProblem(413, Problem);
        (await Host.EventsAsync(thing)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refuses_16_MiB_of_items_in_a_short_answer()
    {
        byte[] body =
            [(byte)'[', .. Enumerable.Repeat("1,"u8.ToArray(), 8_000_000).SelectMany(item => item), .. "1]"u8];
        var answer = await new RawRequest("POST", "/v1/lifecycle-events").WithBody(body).SendAsync(Host);
        answer.ShouldBeProblem(413, Problem);
        Encoding.UTF8.GetByteCount(answer.Body).ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Refuses_a_caller_who_may_report_no_events_before_the_batch_is_read()
    {
        var user = await Host.CreateUserAsync(Policy.Allow("iot:*", "*"));
        (await Host.SendAsync(user, "POST", "/v1/lifecycle-events", "[not json"))
            .ShouldBeProblem(403, user.Denied("connectivity:PutLifecycleEvents", "*"));
        var reporter = await Host.CreateUserAsync(Policy.Allow("connectivity:PutLifecycleEvents", "*"));
        (await Host.SendAsync(reporter, "POST", "/v1/lifecycle-events?import=true", "[not json"))
            .ShouldBeProblem(403, reporter.Denied("connectivity:ImportLifecycleEvents", "*"));
    }

    [Fact]
    public async Task The_maximum_is_a_setting()
    {
        await using var host = await ApiHost.StartAsync(null, "--Connectivity:Ingest:MaximumEvents=2");
        (await host.ReportAsync("[1,1]")).Count.ShouldBe(2);
        (await host.PostAsync("/v1/lifecycle-events", "[1,1,1]")).ShouldBeProblem(413, "A request may have 2 events");
    }

    [Fact]
    public async Task Outcomes_keep_the_order_of_events_over_the_parts_of_a_batch()
    {
        var (thing, stranger) = (await Host.CreateThingAsync(), $"stranger-{Guid.NewGuid():N}");
        var items = Enumerable.Range(0, 1700).Select(i => (i % 3) switch
        {
            0 => (Event.Connected(thing, i).ToJsonString(), "accepted"),
            1 => ("7", "rejected"),
            _ => (Event.Connected(stranger).ToJsonString(), "ignored"),
        }).ToList();

        (await Host.ReportAsync($"[{string.Join(",", items.Select(item => item.Item1))}]"))
            .Select(outcome => outcome.Outcome).ShouldBe(items.Select(item => item.Item2));
    }
}
