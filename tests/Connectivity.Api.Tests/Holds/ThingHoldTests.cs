using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Holds;

/// <summary><c>/v1/things/{thingName}/hold</c>.</summary>
public sealed class ThingHoldTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await ApiHost.StartIndexingAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_hold_refuses_the_deletion_and_turning_indexing_off_until_it_is_lifted()
    {
        var lamp = await _host.CreateThingAsync();
        await _host.ReportAsync(Event.Connected(lamp));
        var before = DateTimeOffset.UtcNow.AddSeconds(-5);

        var placed = (await PutAsync(lamp, """{"reason":"  audit of 2026 "}""")).Json;
        placed.Text("reason").ShouldBe("audit of 2026");
        placed.Text("placedBy").ShouldBe($"arn:aws:iam::{Users.Account}:user/administrator");
        placed.GetProperty("placedAt").GetDateTimeOffset().ShouldBeGreaterThan(before);
        (await _host.GetAsync($"/v1/things/{lamp}/hold")).Json.ToString().ShouldBe(placed.ToString());

        (await _host.SendAsync(HttpMethod.Delete, $"/things/{lamp}"))
            .ShouldBeAwsError(400, "InvalidRequestException",
                $"Thing {lamp} is on legal hold and can't be deleted until the hold is lifted");
        (await _host.PostAsync("/indexing/config", """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF"}}"""))
            .ShouldBeAwsError(400, "InvalidRequestException",
                "Connectivity indexing can't be turned off: 1 things are on legal hold");
        (await _host.EventsAsync(lamp)).Count.ShouldBe(1);

        (await _host.SendAsync(HttpMethod.Delete, $"/v1/things/{lamp}/hold")).Status.ShouldBe(204);
        (await _host.GetAsync($"/v1/things/{lamp}/hold")).ShouldBeProblem(404);
        (await _host.SendAsync(HttpMethod.Delete, $"/v1/things/{lamp}/hold")).ShouldBeProblem(404);
        await _host.DeleteThingAsync(lamp);
        await _host.TurnIndexingOffAsync();
    }

    [Fact]
    public async Task A_hold_on_one_thing_leaves_another_deletable_and_other_settings_changeable()
    {
        var (lamp, door) = (await _host.CreateThingAsync(), await _host.CreateThingAsync());
        (await PutAsync(lamp, """{"reason":"audit"}""")).Status.ShouldBe(200);

        await _host.DeleteThingAsync(door);
        await _host.TurnIndexingOnAsync(releaseSocketInformation: false);
        (await PutAsync(lamp, """{"reason":"another audit"}""")).Json.Text("reason").ShouldBe("another audit");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"reason":""}""")]
    [InlineData("""{"reason":"   "}""")]
    [InlineData("""{"reason":"\u0000"}""")]
    [InlineData("""{"reason":7}""")]
    [InlineData("""{"reason":""")]
    public async Task A_hold_needs_a_reason(string body)
    {
        var lamp = await _host.CreateThingAsync();
        (await PutAsync(lamp, body)).ShouldBeProblem(400, "reason");
        (await _host.GetAsync($"/v1/things/{lamp}/hold")).ShouldBeProblem(404);
    }

    [Fact]
    public async Task A_thing_that_does_not_exist_can_not_be_held()
    {
        (await PutAsync("no-such-thing", """{"reason":"audit"}""")).ShouldBeProblem(404);
        (await PutAsync("not%20a%20name", """{"reason":"audit"}""")).ShouldBeProblem(400);
    }

    private Task<Answer> PutAsync(string thingName, string body) =>
        _host.SendAsync(HttpMethod.Put, $"/v1/things/{thingName}/hold", body);
}
