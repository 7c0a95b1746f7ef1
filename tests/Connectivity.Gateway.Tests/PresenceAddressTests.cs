using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class PresenceAddressTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_address_goes_to_those_who_may_know_it_where_the_account_releases_it(bool released)
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
        // Exactly one message for each event: a message that follows has nothing before it.
        await Task.WhenAll(trusted.SubscribeAsync("echo"), other.SubscribeAsync("echo"));
        await trusted.PublishAsync("echo");
        await trusted.UntilReceived(3);
        await other.UntilReceived(3);
        foreach (var watcher in new[] { trusted, other })
            watcher.Received.Select(message => message.Topic).ShouldBe(
                ["$aws/events/presence/connected/pump", "$aws/events/presence/disconnected/pump", "echo"]);
    }

    [Fact]
    public async Task A_host_that_can_not_say_releases_no_address()
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
    public async Task Permissions_that_flicker_give_each_subscriber_one_message_for_each_event()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Releases = () => ValueTask.FromResult(true);
        var identity = new TestIdentity();
        var asked = 0;
        identity.Receive = _ =>
        {
            identity.SocketInformation = ++asked % 3 == 0;
            return true;
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
    public async Task Nobody_is_asked_while_nobody_subscribes()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Releases = () => throw new ShouldAssertException("asked");
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await gateway.Sink.ConnectOf("pump");
        await gateway.StopAsync();
        gateway.Log.Lines.ShouldNotContain(line => line.Text.StartsWith("The host's decision"));
    }
}
