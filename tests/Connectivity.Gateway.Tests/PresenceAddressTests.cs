using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class PresenceAddressTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_is_sent_only_if_released_and_only_to_permitted_subscribers(bool released)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Releases = () => ValueTask.FromResult(released);
        gateway.Access.Know(("trusted", new TestIdentity { SocketInformation = true }), ("other", new TestIdentity()));
        var trusted = await gateway.ConnectAsync("trusted", MqttProtocolVersion.V500);
        var other = await gateway.ConnectAsync("other", MqttProtocolVersion.V311);
        await trusted.SubscribeAsync("$aws/events/presence/+/pump");
        await other.SubscribeAsync("$aws/events/presence/+/pump");
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.DisconnectAsync();
        await trusted.UntilReceived(2);
        await other.UntilReceived(2);

        Device.Text(trusted.Received[0]).Contains("\"ipAddress\":\"127.0.0.1\"").ShouldBe(released);
        Device.Text(other.Received[0]).ShouldNotContain("ipAddress");
        Device.Text(trusted.Received[1]).ShouldNotContain("ipAddress");
        // The echo follows exactly one message for each event.
        await Task.WhenAll(trusted.SubscribeAsync("echo"), other.SubscribeAsync("echo"));
        await trusted.PublishAsync("echo");
        await trusted.UntilReceived(3);
        await other.UntilReceived(3);
        foreach (var watcher in new[] { trusted, other })
            watcher.Received.Select(message => message.Topic).ShouldBe(
                ["$aws/events/presence/connected/pump", "$aws/events/presence/disconnected/pump", "echo"]);
    }

    [Fact]
    public async Task No_address_is_sent_if_the_host_fails_to_decide()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Releases = () => throw new InvalidOperationException();
        gateway.Access.Know(("trusted", new TestIdentity { SocketInformation = true }));
        var trusted = await gateway.ConnectAsync("trusted", MqttProtocolVersion.V500);
        await trusted.SubscribeAsync("$aws/#");
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await trusted.UntilReceived(1);
        Device.Text(trusted.Received[0]).ShouldNotContain("ipAddress");
    }

    [Fact]
    public async Task Each_subscriber_receives_one_message_per_event_while_permissions_change()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Releases = () => ValueTask.FromResult(true);
        var identity = new TestIdentity();
        var calls = 0;
        identity.Receive = topic =>
        {
            identity.SocketInformation = ++calls % 3 == 0;
            // Its own connect may be published before the subscription, or after it.
            return !topic.EndsWith("/watcher", StringComparison.Ordinal);
        };
        gateway.Access.Know(("watcher", identity));
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/events/presence/connected/+");
        for (var i = 0; i < 30; i++) await gateway.ConnectAsync($"pump-{i}", MqttProtocolVersion.V500);
        await watcher.UntilReceived(30);
        await gateway.Sink.Until(() => gateway.Sink.Taken.Count == 31);
        watcher.Received.Select(message => message.Topic).Distinct().Count().ShouldBe(30);
        watcher.Received.Count.ShouldBe(30);
        watcher.Received.Select(Device.Text).Count(text => text.Contains("ipAddress")).ShouldBeInRange(1, 29);
    }

    [Fact]
    public async Task The_host_is_not_called_without_subscribers()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Releases = () => throw new ShouldAssertException("called");
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await gateway.Sink.ConnectOf("pump");
        await gateway.StopAsync();
        gateway.Log.Lines.ShouldNotContain(line => line.Text.StartsWith("The host's decision"));
    }
}
