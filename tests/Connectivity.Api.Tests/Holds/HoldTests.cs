using System.Text.Json;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Holds;

/// <summary><c>/v1/things/{thingName}/hold</c>.</summary>
public sealed class HoldTests
{
    private const string Off = """{"thingIndexingConfiguration":{"thingIndexingMode":"OFF"}}""";

    [Fact]
    public async Task A_hold_refuses_deletion_and_turning_indexing_off_until_it_is_lifted()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var name = await host.CreateThingAsync();
        await host.ReportAsync(Event.Connected(name));
        var path = $"/v1/things/{name}/hold";
        (await host.GetAsync(path)).Json.GetProperty("onHold").GetBoolean().ShouldBeFalse();

        var placed = (await host.SendAsync(HttpMethod.Put, path, """{"reason":"case 17"}""")).Json;

        placed.Text("reason").ShouldBe("case 17");
        placed.Text("placedBy").ShouldBe("arn:aws:iam::000000000000:user/administrator");
        placed.GetProperty("placedAt").GetDateTimeOffset()
            .ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        (await host.GetAsync(path)).Json.ToString().ShouldBe(placed.ToString());
        (await host.SendAsync(HttpMethod.Delete, $"/things/{name}")).ShouldBeAwsError(
            400, "InvalidRequestException", $"Thing {name} is on legal hold and can't be deleted until the hold is lifted");
        (await host.PostAsync("/indexing/config", Off)).ShouldBeAwsError(
            400, "InvalidRequestException",
            "Connectivity indexing can't be turned off while a thing of the account is on legal hold");
        (await host.EventsAsync(name)).Count.ShouldBe(1);

        (await host.SendAsync(HttpMethod.Delete, path)).Json.GetProperty("onHold").GetBoolean().ShouldBeFalse();
        await host.DeleteThingAsync(name);
        await host.TurnIndexingOffAsync();
    }

    [Fact]
    public async Task A_hold_needs_a_reason_of_1_to_1024_characters()
    {
        await using var host = await ApiHost.StartAsync();
        var path = $"/v1/things/{await host.CreateThingAsync()}/hold";
        string[] bad =
        [
            "", "{}", "[]", "{", """{"reason":null}""", """{"reason":""}""", """{"reason":"  "}""", """{"reason":1}""",
            """{"reason":"\u0000"}""", JsonSerializer.Serialize(new { reason = new string('x', 1025) }),
        ];
        foreach (var body in bad)
            (await host.SendAsync(HttpMethod.Put, path, body)).ShouldBeProblem(
                400, "The body must be a JSON object whose reason is a string of 1 to 1024 characters.");
        (await host.GetAsync(path)).Json.GetProperty("onHold").GetBoolean().ShouldBeFalse();
        (await host.SendAsync(HttpMethod.Put, path, JsonSerializer.Serialize(new { reason = new string('x', 1024) })))
            .Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_hold_of_an_unknown_thing_is_not_found()
    {
        await using var host = await ApiHost.StartAsync();
        foreach (var (method, body) in ((HttpMethod, string?)[])
            [(HttpMethod.Get, null), (HttpMethod.Put, """{"reason":"case 17"}"""), (HttpMethod.Delete, null)])
            (await host.SendAsync(method, "/v1/things/none/hold", body)).ShouldBeProblem(404, "No thing has this name.");
    }
}
