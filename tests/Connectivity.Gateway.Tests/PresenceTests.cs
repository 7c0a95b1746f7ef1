using System.Text.Json;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Tests.Fixtures;
using Connectivity.Testing;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class PresenceTests
{
    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_subscriber_receives_each_connect_and_disconnect(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", version);
        await watcher.SubscribeAsync("$aws/events/presence/+/pump");
        var device = await gateway.ConnectAsync("pump", version, with => with.WithCredentials("plant-7", "secret"));
        await device.DisconnectAsync();
        await watcher.UntilReceived(2);

        var connect = await gateway.Sink.ConnectOf("pump");
        var disconnect = await gateway.Sink.DisconnectOf("pump");
        var (connected, disconnected) = (watcher.Received[0], watcher.Received[1]);
        connected.Topic.ShouldBe("$aws/events/presence/connected/pump");
        Device.Text(connected).ShouldBe(JsonSerializer.Serialize(new
        {
            clientId = "pump",
            timestamp = connect.OccurredAt.ToUnixTimeMilliseconds(),
            eventType = "connected",
            sessionIdentifier = connect.Connection.SessionIdentifier,
            principalIdentifier = "plant-7",
            versionNumber = connect.Connection.VersionNumber,
            source = "gateway",
        }));
        connected.Retain.ShouldBeFalse();
        disconnected.Topic.ShouldBe("$aws/events/presence/disconnected/pump");
        Device.Text(disconnected).ShouldBe(JsonSerializer.Serialize(new
        {
            clientId = "pump",
            timestamp = disconnect.OccurredAt.ToUnixTimeMilliseconds(),
            eventType = "disconnected",
            sessionIdentifier = connect.Connection.SessionIdentifier,
            principalIdentifier = "plant-7",
            versionNumber = connect.Connection.VersionNumber,
            clientInitiatedDisconnect = true,
            disconnectReason = "CLIENT_INITIATED_DISCONNECT",
            source = "gateway",
            connectedAt = connect.OccurredAt.ToUnixTimeMilliseconds(),
            inferred = false,
        }));
    }

    [Fact]
    public async Task A_client_without_a_user_name_has_no_principal()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/events/presence/connected/site/#");
        await gateway.ConnectAsync("site/7/pump", MqttProtocolVersion.V500);
        await watcher.UntilReceived(1);
        watcher.Received[0].Topic.ShouldBe("$aws/events/presence/connected/site/7/pump");
        Device.Text(watcher.Received[0]).ShouldNotContain("principalIdentifier");
    }

    [Fact]
    public async Task A_leading_wildcard_matches_no_presence_message()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var everything = await gateway.ConnectAsync("everything", MqttProtocolVersion.V311);
        await everything.SubscribeAsync("#");
        await everything.SubscribeAsync("+/events/presence/#");
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V311);
        await watcher.SubscribeAsync("$aws/#");
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await watcher.UntilReceived(1);
        await device.PublishAsync("after", "it");
        await everything.UntilReceived(1);
        everything.Received.Select(message => message.Topic).Distinct().ShouldBe(["after"]);
    }

    [Fact]
    public async Task Presence_is_published_after_the_commit()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/events/presence/#");
        await gateway.Sink.ConnectOf("watcher");
        var seenBeforeCommit = -1;
        var reached = new TaskCompletionSource();
        var commit = new TaskCompletionSource();
        gateway.Sink.Before = async events =>
        {
            reached.TrySetResult();
            await commit.Task;
            seenBeforeCommit = watcher.Received.Count(message => message.Topic.EndsWith("/pump"));
        };
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await reached.Task.WaitAsync(TestContext.Current.CancellationToken);
        // After a round trip through the gateway, all earlier messages have arrived.
        await watcher.SubscribeAsync("echo");
        await watcher.PublishAsync("echo");
        commit.SetResult();
        await watcher.UntilReceived(2);
        seenBeforeCommit.ShouldBe(0);
        watcher.Received.ShouldContain(message => message.Topic == "$aws/events/presence/connected/pump");
    }

    [Theory]
    [InlineData("a#b")]
    [InlineData("a+b")]
    public async Task A_client_id_with_a_wildcard_is_reported_without_a_presence_message(string clientId)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/#");
        await gateway.ConnectAsync(clientId, MqttProtocolVersion.V500);
        await gateway.Sink.ConnectOf(clientId);
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await Eventually.Is(
            () => watcher.Received.Any(message => message.Topic.EndsWith("/pump")),
            because: "the later connect is published");
        // The watcher's own connect may have been published after its subscription.
        watcher.Received.ShouldAllBe(message => message.Topic.EndsWith("/pump") || message.Topic.EndsWith("/watcher"));
    }

    [Fact]
    public async Task A_reannounced_connection_is_reported_unchanged_and_publishes_nothing()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        var gone = await gateway.ConnectAsync("gone", MqttProtocolVersion.V500);
        await gone.DisconnectAsync();
        await gateway.Sink.DisconnectOf("gone");
        var first = await gateway.Sink.ConnectOf("pump");
        await watcher.SubscribeAsync("$aws/#");

        await gateway.Service.ReannounceOpenConnectionsAsync("pump", TestContext.Current.CancellationToken);
        gateway.Sink.Taken[^1].ShouldBe((first, Backdating.Allowed));
        await gateway.Service.ReannounceOpenConnectionsAsync("gone", TestContext.Current.CancellationToken);
        await gateway.Service.ReannounceOpenConnectionsAsync("never", TestContext.Current.CancellationToken);
        var count = gateway.Sink.Taken.Count;
        await gateway.Service.ReannounceOpenConnectionsAsync(null, TestContext.Current.CancellationToken);
        gateway.Sink.Taken.Skip(count).Select(taken => taken.Event.ClientId).Order().ShouldBe(["pump", "watcher"]);

        await gateway.ConnectAsync("valve", MqttProtocolVersion.V500);
        await watcher.UntilReceived(1);
        watcher.Received.Select(message => message.Topic).ShouldBe(["$aws/events/presence/connected/valve"]);
    }
}
