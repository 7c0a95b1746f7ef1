using System.Text.RegularExpressions;
using Connectivity.Api.Tests.Fixtures;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>What the host tells of itself: health, metrics, and the description of its own REST surface.</summary>
public sealed partial class SurfaceTests(IndexingHost indexing)
{
    [Fact]
    public async Task The_rest_surface_is_described_by_openapi()
    {
        var document = (await indexing.Host.GetAsync("/openapi/v1.json")).Json;
        var paths = document.GetProperty("paths");

        paths.EnumerateObject().Select(path => path.Name)
            .ShouldBe(["/v1/lifecycle-events", "/v1/things/{thingName}/connectivity", "/v1/things/{thingName}/events"], ignoreOrder: true);
        paths.GetProperty("/v1/lifecycle-events").GetProperty("post").Text("operationId").ShouldBe("PostLifecycleEvents");
        var connectivity = paths.GetProperty("/v1/things/{thingName}/connectivity").GetProperty("get");
        connectivity.Text("operationId").ShouldBe("GetConnectivity");
        connectivity.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.Text("name"))
            .ShouldBe(["thingName", "asOf", "includeSocketInformation"], ignoreOrder: true);
        paths.GetProperty("/v1/things/{thingName}/events").GetProperty("get").GetProperty("responses").Has("200").ShouldBeTrue();
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task A_host_that_serves_is_healthy(string path)
    {
        var answer = await indexing.Host.GetAsync(path);
        (answer.Status, answer.Body).ShouldBe((200, "Healthy"));
    }

    [Fact]
    public async Task Lifecycle_events_are_counted_by_outcome()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var name = await host.CreateThingAsync();
        var connect = Event.Connected(name, 2);
        await host.ReportAsync(connect, Event.Connected(name, 1), connect, Event.Connected("not-registered"), Event.Connected(name).With("timestamp", 1));
        await host.ReportAsync("{}");

        var counted = Count().Matches((await host.GetAsync("/metrics")).Body)
            .ToDictionary(match => (match.Groups["outcome"].Value, match.Groups["reason"].Value), match => match.Groups["count"].Value);
        counted.ShouldBe(new Dictionary<(string, string), string>
        {
            [("accepted", "")] = "1",
            [("late", "")] = "1",
            [("duplicate", "")] = "1",
            [("ignored", "the client id is not a registered thing")] = "1",
            // In the future or in seconds as the log judges it, and of no form at all as the surface does.
            [("rejected", "")] = "2",
        }, ignoreOrder: true);
    }

    [GeneratedRegex("""^connectivity_lifecycle_events_total\{[^}]*outcome="(?<outcome>[^"]*)"(,reason="(?<reason>[^"]*)")?[^}]*\} (?<count>\d+)""", RegexOptions.Multiline)]
    private static partial Regex Count();
}
