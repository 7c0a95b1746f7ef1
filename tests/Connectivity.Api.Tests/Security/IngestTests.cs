using System.Text.Json.Nodes;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Security;

/// <summary>Authorization of lifecycle events by thing.</summary>
public sealed class IngestTests(AccessHost access)
{
    private const string Put = "connectivity:PutLifecycleEvents";
    private const string Import = "connectivity:ImportLifecycleEvents";
    private const string Denied = "access denied";

    private ApiHost Host => access.Host;

    [Fact]
    public async Task Authorizes_each_event_against_its_thing()
    {
        var mine = $"mine-{Guid.NewGuid():N}";
        await Host.CreateThingAsync($"{mine}-1");
        var foreign = await Host.CreateThingAsync();
        var user = await Host.CreateUserAsync(Policy.Allow(Put, Arn($"{mine}-*")));

        var outcomes = await ReportAsync(
            user, "", Event.Connected($"{mine}-1"), Event.Connected(foreign), Event.Connected($"{mine}-2"),
            Event.Connected("not-registered"));

        outcomes.ShouldBe(
        [
            ("accepted", null), ("rejected", Denied), ("ignored", "the client id is not a registered thing"),
            // The same answer as for a thing that exists.
            ("rejected", Denied),
        ]);
        (await Host.IsConnectedAsync($"{mine}-1")).ShouldBeTrue();
        (await Host.EventsAsync(foreign)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_explicit_deny_applies_only_to_its_things()
    {
        var (one, two) = (await Host.CreateThingAsync(), await Host.CreateThingAsync());
        var user = await Host.CreateUserAsync(Policy.Allow(Put, "*"), Policy.Deny(Put, Arn(two)));
        (await ReportAsync(user, "", Event.Connected(one), Event.Connected(two)))
            .ShouldBe([("accepted", null), ("rejected", Denied)]);
    }

    [Fact]
    public async Task A_client_id_with_wildcards_is_not_a_pattern()
    {
        var user = await Host.CreateUserAsync(Policy.Allow(Put, Arn("a-b")));
        JsonNode[] events =
            [Event.Connected("*"), Event.Connected("a?b"), Event.Connected("a*"), Event.Connected("a-b")];
        (await ReportAsync(user, "", events)).ShouldBe(
        [
            ("rejected", Denied), ("rejected", Denied), ("rejected", Denied),
            ("ignored", "the client id is not a registered thing"),
        ]);
    }

    [Fact]
    public async Task Rejects_an_unreadable_event_with_its_error_and_not_as_denied()
    {
        var user = await Host.CreateUserAsync(Policy.Allow(Put, Arn("another")));
        var outcomes = await ReportAsync(
            user, "", Event.Connected("pump").With("versionNumber", null), Event.Connected("pump"));
        outcomes[0].Outcome.ShouldBe("rejected");
        outcomes[0].Reason!.ShouldContain("versionNumber");
        outcomes[1].ShouldBe(("rejected", Denied));
    }

    [Fact]
    public async Task Accepts_older_events_only_with_permission_to_import()
    {
        var thing = await Host.CreateThingAsync();
        var aYearAgo = DateTimeOffset.UtcNow.AddYears(-1);
        var reporter = await Host.CreateUserAsync(
            Policy.Allow(Put, Arn(thing)), Policy.Allow(Import, Arn("another")));
        var importer = await Host.CreateUserAsync(Policy.Allow(Put, Arn(thing)), Policy.Allow(Import, Arn(thing)));
        var importerOfNothing = await Host.CreateUserAsync(
            Policy.Allow(Import, Arn(thing)), Policy.Allow(Put, Arn("another")));

        (await ReportAsync(reporter, "?import=true", Event.Connected(thing, 1, aYearAgo)))
            .ShouldBe([("rejected", Denied)]);
        (await ReportAsync(importerOfNothing, "?import=true", Event.Connected(thing, 1, aYearAgo)))
            .ShouldBe([("rejected", Denied)]);
        (await Host.EventsAsync(thing)).ShouldBeEmpty();

        (await ReportAsync(reporter, "?import=false", Event.Connected(thing, 2))).ShouldBe([("accepted", null)]);
        (await ReportAsync(importer, "?import=true", Event.Connected(thing, 1, aYearAgo))).ShouldBe([("late", null)]);
        (await Host.EventsAsync(thing)).Count.ShouldBe(2);
    }

    private static string Arn(string thing) => $"arn:aws:iot:us-east-1:{Users.Account}:thing/{thing}";

    private async Task<IReadOnlyList<(string Outcome, string? Reason)>> ReportAsync(
        User user, string query, params JsonNode[] events)
    {
        var answer = await Host.SendAsync(
            user, "POST", $"/v1/lifecycle-events{query}", new JsonArray(events).ToJsonString());
        answer.Status.ShouldBe(200, answer.Body);
        return ApiHost.Outcomes(answer);
    }
}
