using Connectivity.Api.Tests.Fixtures;
using Connectivity.Testing;

namespace Connectivity.Api.Tests.AwsSurface;

/// <summary>A thing from its creation to its deletion, through the real AWS SDK for JavaScript.</summary>
public sealed class StoryTests(AwsSdk sdk)
{
    [Fact]
    public async Task The_aws_sdk_follows_a_thing_from_its_creation_to_its_end()
    {
        await using var host = await ApiHost.StartAsync();
        Task<AwsSdk.Reply> Ask(bool? sockets = null) =>
            sdk.CallAsync(
                host, "GetThingConnectivityData", new { thingName = "pump-7", includeSocketInformation = sockets });

        // Created.
        var attributePayload = new { attributes = new { site = "north" } };
        var created = (await sdk.CallAsync(host, "CreateThing", new { thingName = "pump-7", attributePayload })).Value;
        created.Text("thingArn").ShouldBe("arn:aws:iot:us-east-1:000000000000:thing/pump-7");
        Guid.TryParse(created.Text("thingId"), out _).ShouldBeTrue();
        (await Ask()).ShouldBeError("IndexNotReadyException", 400);

        // Indexing on: active at once, and no device has connected yet.
        await Enable(host, sockets: false);
        (await Ask()).Value.ShouldBeJson("""{"thingName":"pump-7","connected":false,"disconnectReason":"UNKNOWN"}""");

        // Connected.
        var before = DateTimeOffset.UtcNow.AddMilliseconds(-1);
        var device = await Device.ConnectAsync(host, "pump-7");
        await Eventually.Is(
            async () => (await Ask()).Value.GetProperty("connected").GetBoolean(),
            because: "the thing reads connected");
        var connected = (await Ask(true)).Value;
        connected.Text("disconnectReason").ShouldBe("NONE");
        connected.GetProperty("timestamp").GetDateTimeOffset().ShouldBeInRange(before, DateTimeOffset.UtcNow);
        connected.GetProperty("keepAliveDuration").GetInt32().ShouldBe(60);
        connected.GetProperty("cleanSession").GetBoolean().ShouldBeTrue();
        connected.Text("clientId").ShouldBe("pump-7");
        connected.Has("sourceIp").ShouldBeFalse("the configuration does not opt in");

        // Disconnected.
        await device.DisconnectAsync();
        await Eventually.Is(
            async () => !(await Ask()).Value.GetProperty("connected").GetBoolean(),
            because: "the thing reads disconnected");
        var disconnected = (await Ask()).Value;
        disconnected.Text("disconnectReason").ShouldBe("CLIENT_INITIATED_DISCONNECT");
        disconnected.GetProperty("timestamp").GetDateTimeOffset()
            .ShouldBeGreaterThanOrEqualTo(connected.GetProperty("timestamp").GetDateTimeOffset());
        disconnected.GetProperty("keepAliveDuration").GetInt32().ShouldBe(60);

        // Socket information on: returned only on request.
        await Enable(host, sockets: true);
        (await Ask()).Value.Has("sourceIp").ShouldBeFalse();
        (await Ask(false)).Value.Has("sourceIp").ShouldBeFalse();
        var sockets = (await Ask(true)).Value;
        sockets.Text("sourceIp").ShouldBe("127.0.0.1");
        sockets.GetProperty("sourcePort").GetInt32().ShouldBeGreaterThan(0);
        sockets.Text("targetIp").ShouldBe("127.0.0.1");
        sockets.GetProperty("targetPort").GetInt32().ShouldBe(host.MqttPort);
        sockets.Has("vpcEndpointId").ShouldBeFalse();

        // Socket information off again.
        await Enable(host, sockets: false);
        (await Ask(true)).Value.Has("sourceIp").ShouldBeFalse();

        // Deleted.
        (await sdk.CallAsync(host, "DeleteThing", new { thingName = "pump-7" })).Value.EnumerateObject()
            .ShouldBeEmpty();
        (await Ask()).ShouldBeError("ResourceNotFoundException", 404);

        // Indexing off.
        var off = new { thingIndexingMode = "REGISTRY" };
        (await sdk.CallAsync(host, "UpdateIndexingConfiguration", new { thingIndexingConfiguration = off })).Error
            .ShouldBeNull();
        (await Ask()).ShouldBeError("IndexNotReadyException", 400);
        await device.DisposeAsync();
    }

    [Fact]
    public async Task The_aws_sdk_reads_events_that_were_posted_to_the_rest_surface()
    {
        await using var host = await ApiHost.StartIndexingAsync();
        (await sdk.CallAsync(host, "CreateThing", new { thingName = "pump:8" })).Error.ShouldBeNull();
        var connectedAt = DateTimeOffset.FromUnixTimeMilliseconds(
            DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000 * 1000 + 7);
        await host.ReportAsync(Event.Connected("pump:8", at: connectedAt).WithDetails());

        var question = new { thingName = "pump:8", includeSocketInformation = true };
        var connected = (await sdk.CallAsync(host, "GetThingConnectivityData", question)).Value;

        connected.ShouldBeJson(
            $$"""
            {"cleanSession":true,"clientId":"pump:8","connected":true,"disconnectReason":"NONE",
            "keepAliveDuration":60,"sessionExpiry":3600,
            "sourceIp":"192.0.2.7","sourcePort":50123,"targetIp":"198.51.100.9","targetPort":8883,"thingName":"pump:8",
            "timestamp":"{{connectedAt:yyyy-MM-ddTHH:mm:ss.fffZ}}","vpcEndpointId":"vpce-0123456789"}
            """);

        await host.ReportAsync(
            Event.Disconnected("pump:8", at: connectedAt.AddMilliseconds(993), reason: "A_REASON_OF_TOMORROW"));
        var disconnected = (await sdk.CallAsync(host, "GetThingConnectivityData", new { thingName = "pump:8" })).Value;
        disconnected.Text("disconnectReason").ShouldBe("A_REASON_OF_TOMORROW");
        disconnected.GetProperty("timestamp").GetDateTimeOffset().ShouldBe(connectedAt.AddMilliseconds(993));
    }

    private async Task Enable(ApiHost host, bool sockets) =>
        (await sdk.CallAsync(host, "UpdateIndexingConfiguration", new
        {
            thingIndexingConfiguration = new
            {
                thingIndexingMode = "REGISTRY",
                thingConnectivityIndexingMode = "STATUS",
                filter = new
                {
                    connectivity = new
                    {
                        includeSocketInformation = sockets ? new[] { "GET_THING_CONNECTIVITY_DATA" } : [],
                    },
                },
            },
        })).Error.ShouldBeNull();
}
