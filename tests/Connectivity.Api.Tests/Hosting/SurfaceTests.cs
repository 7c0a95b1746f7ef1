using System.Diagnostics.Metrics;
using Connectivity.Api.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Hosting;

/// <summary>Health, metrics, and the description of the REST surface.</summary>
public sealed class SurfaceTests(IndexingHost indexing)
{
    [Fact]
    public async Task The_rest_surface_is_described_by_openapi()
    {
        var document = (await indexing.Host.GetAsync("/openapi/v1.json")).Json;
        var paths = document.GetProperty("paths");

        paths.EnumerateObject().Select(path => path.Name)
            .ShouldBe(
                [
                    "/v1/changes", "/v1/connectivity:batchGet", "/v1/disconnects", "/v1/disconnects/summary",
                    "/v1/fleet/connectivity", "/v1/fleet/connectivity/series", "/v1/lifecycle-events", "/v1/things",
                    "/v1/things/{thingName}/connectivity",
                    "/v1/things/{thingName}/availability", "/v1/things/{thingName}/events",
                    "/v1/things/{thingName}/hold", "/v1/things/{thingName}/sessions",
                ],
                ignoreOrder: true);
        paths.GetProperty("/v1/lifecycle-events").GetProperty("post").Text("operationId")
            .ShouldBe("PostLifecycleEvents");
        var connectivity = paths.GetProperty("/v1/things/{thingName}/connectivity").GetProperty("get");
        connectivity.Text("operationId").ShouldBe("GetConnectivity");
        connectivity.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.Text("name"))
            .ShouldBe(["thingName", "asOf", "by", "includeSocketInformation"], ignoreOrder: true);
        paths.GetProperty("/v1/things/{thingName}/events").GetProperty("get").GetProperty("responses").Has("200")
            .ShouldBeTrue();
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("sigv4").Text("name")
            .ShouldBe("Authorization");
        document.GetProperty("security").ToString().ShouldContain("sigv4");
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task A_running_host_is_healthy(string path)
    {
        var answer = await indexing.Host.GetAsync(path);
        (answer.Status, answer.Body).ShouldBe((200, "Healthy"));
    }

    [Fact]
    public async Task Lifecycle_events_are_counted_by_outcome()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        var counted = new Dictionary<(string?, string?), long>();
        using var listener = new MeterListener();
        // Other hosts of this process have meters of the same name, which the exporter adds up.
        var meters = host.Services.GetRequiredService<IMeterFactory>();
        listener.InstrumentPublished = (instrument, listening) =>
        {
            if (instrument.Meter.Name == "Connectivity" && instrument.Meter.Scope == meters)
                listening.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, count, tags, _) =>
        {
            instrument.Name.ShouldBe("connectivity.lifecycle_events");
            var key = ((string?)tags[0].Value, (string?)tags[1].Value);
            lock (counted) counted[key] = counted.GetValueOrDefault(key) + count;
        });
        listener.Start();

        var name = await host.CreateThingAsync();
        var connect = Event.Connected(name, 2);
        await host.ReportAsync(
            connect, Event.Connected(name, 1), connect, Event.Connected("not-registered"),
            Event.Connected(name).With("timestamp", 1));
        await host.ReportAsync("{}");

        counted.ShouldBe(new Dictionary<(string?, string?), long>
        {
            [("accepted", null)] = 1,
            [("late", null)] = 1,
            [("duplicate", null)] = 1,
            [("ignored", "the client id is not a registered thing")] = 1,
            // One for its timestamp and one for its missing members.
            [("rejected", null)] = 2,
        }, ignoreOrder: true);
        var metrics = (await host.GetAsync("/metrics")).Body;
        metrics.ShouldContain("connectivity_lifecycle_events_total{");
        metrics.ShouldContain("service_name=\"connectivity\"");
    }
}
