using System.Text.Json;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class ConnectFailedTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_refused_connect_is_published_to_subscribers(bool badCredentials, bool released)
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        gateway.Access.Releases = () => ValueTask.FromResult(released);
        gateway.Access.Answer(claim => claim.ClientId == "watcher"
            ? TestAccess.Admit(new TestIdentity { SocketInformation = true })
            : new DeviceAdmission.Refused(badCredentials, badCredentials ? null : "certificate-7"));
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/events/presence/connect_failed/pump");
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V311);
        await watcher.UntilReceived(1);

        watcher.Received[0].Topic.ShouldBe("$aws/events/presence/connect_failed/pump");
        var payload = JsonDocument.Parse(Device.Text(watcher.Received[0])).RootElement
            .EnumerateObject().ToDictionary(one => one.Name, one => one.Value.ToString());
        payload.Remove("sessionIdentifier", out var session).ShouldBeTrue();
        session.ShouldMatch("^[0-9a-f]{32}$");
        var expected = new Dictionary<string, string>
        {
            ["clientId"] = "pump",
            ["timestamp"] = $"{clock.GetUtcNow().ToUnixTimeMilliseconds()}",
            ["eventType"] = "connect_failed",
            ["connectFailureReason"] = "AUTHORIZATION_FAILED",
        };
        if (!badCredentials) expected["principalIdentifier"] = "certificate-7";
        if (released) expected["ipAddress"] = "127.0.0.1";
        payload.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public async Task A_connect_refused_for_its_will_is_published_with_its_principal()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Know(("pump", new TestIdentity { PrincipalIdentifier = "certificate-7", Publish = _ => false }));
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/events/presence/+/pump");
        await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V500, with => with.WithWillTopic("wills").WithWillPayload("gone"));
        await watcher.UntilReceived(1);
        Device.Text(watcher.Received[0]).ShouldContain("certificate-7");
    }

    [Fact]
    public async Task Only_authorization_failures_are_published()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Answer(claim => claim switch
        {
            { ClientIdIsAssigned: true } or { ClientId: "denied" } => new DeviceAdmission.Refused(),
            { ClientId: "unlucky" } => new DeviceAdmission.Unavailable(),
            _ => TestAccess.Admit(new TestIdentity()),
        });
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/events/presence/connect_failed/#");
        await gateway.ConnectAsync("unlucky", MqttProtocolVersion.V500);
        using var nameless = await gateway.OpenAsync();
        await nameless.SendAsync(RawClient.Connect("", level: 5));
        await nameless.ReadPacketAsync();
        await gateway.ConnectAsync("denied", MqttProtocolVersion.V500);
        await watcher.UntilReceived(1);
        watcher.Received.ShouldHaveSingleItem().Topic.ShouldEndWith("/denied");
    }

    [Fact]
    public async Task A_flood_of_refused_connects_never_waits_and_is_bounded()
    {
        var options = new GatewayOptions
        {
            MaximumAcceptsPerSecond = 100_000,
            MaximumPendingMessagesPerClient = 10_000,
        };
        await using var gateway = await Fixtures.Gateway.StartAsync(options, new ManualClock());
        gateway.Access.Answer(claim => claim.ClientId == "watcher"
            ? TestAccess.Admit(new TestIdentity())
            : new DeviceAdmission.Refused());
        var release = new TaskCompletionSource<bool>();
        gateway.Access.Releases = () => new ValueTask<bool>(release.Task);
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/events/presence/connect_failed/#", 0);

        await Parallel.ForEachAsync(Enumerable.Range(0, 1500), TestContext.Current.CancellationToken, async (i, _) =>
        {
            using var client = await RawClient.OpenAsync(gateway.Port);
            await client.SendAsync(RawClient.Connect($"pump-{i}"));
            (await client.ReadPacketAsync())![3].ShouldBe((byte)5);
        });
        // A thousand wait, one may be in publication, and the rest are dropped.
        var dropped = (int)gateway.Measured.Of("dropped_connect_failed");
        dropped.ShouldBeInRange(499, 500);
        gateway.Measured.Of("refused_connects", "not_authorized").ShouldBe(1500);
        release.SetResult(true);
        await watcher.UntilReceived(1500 - dropped);
    }

    [Fact]
    public async Task A_refused_connect_is_not_published_without_subscribers()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Answer(_ => new DeviceAdmission.Refused());
        gateway.Access.Releases = () => throw new ShouldAssertException("called");
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await gateway.StopAsync();
        gateway.Measured.Of("refused_connects", "not_authorized").ShouldBe(1);
        gateway.Log.Lines.ShouldNotContain(line => line.Text.StartsWith("The host's decision"));
    }
}
