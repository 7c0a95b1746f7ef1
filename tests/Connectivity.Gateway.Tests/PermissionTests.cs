using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class PermissionTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_device_publishes_only_to_permitted_topics_and_stays_connected(int qos)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Know(
            ("pump", new TestIdentity { Publish = topic => topic == "plant/pump" }),
            ("older", new TestIdentity { Publish = _ => false }));
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("plant/#");
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        var older = await gateway.ConnectAsync("older", MqttProtocolVersion.V311);

        (await older.PublishAsync("plant/pump", "forged", qos)).IsSuccess.ShouldBeTrue();
        var refused = await device.PublishAsync("plant/valve", "forged", qos);
        if (qos > 0) refused.ReasonCode.ShouldBe(MqttClientPublishReasonCode.NotAuthorized);
        (await device.PublishAsync("plant/pump", "true", qos)).IsSuccess.ShouldBeTrue();
        await watcher.UntilReceived(1);
        watcher.Received.Select(Device.Text).ShouldBe(["true"]);
        (await older.SubscribeAsync("still/here")).Items.Single().ResultCode
            .ShouldBe(MqttClientSubscribeResultCode.GrantedQoS1);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311, 0x80)]
    [InlineData(MqttProtocolVersion.V500, 0x87)]
    public async Task A_device_subscribes_only_to_permitted_filters(MqttProtocolVersion version, int code)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Know(("pump", new TestIdentity { Subscribe = filter => filter == "plant/pump" }));
        var device = await gateway.ConnectAsync("pump", version);
        ((int)(await device.SubscribeAsync("plant/#")).Items.Single().ResultCode).ShouldBe(code);
        ((int)(await device.SubscribeAsync("plant/pump")).Items.Single().ResultCode).ShouldBe(1);
        await device.PublishAsync("plant/valve", "other's");
        await device.PublishAsync("plant/pump", "own");
        await device.UntilReceived(1);
        device.Received.Select(Device.Text).ShouldBe(["own"]);
    }

    [Fact]
    public async Task A_device_receives_only_permitted_messages()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Know(
            ("pump", new TestIdentity { Receive = topic => topic != "plant/valve" && !topic.StartsWith("$aws") }));
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("plant/#");
        await device.SubscribeAsync("$aws/#");
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("$aws/#");
        await gateway.ConnectAsync("valve", MqttProtocolVersion.V500);
        await watcher.UntilReceived(1);
        await watcher.PublishAsync("plant/valve", "other's");
        await watcher.PublishAsync("plant/pump", "own");
        await device.UntilReceived(1);
        device.Received.Select(message => message.Topic).ShouldBe(["plant/pump"]);
    }

    [Fact]
    public async Task A_changed_policy_applies_to_the_next_message()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var identity = new TestIdentity();
        gateway.Access.Know(("pump", identity));
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("plant");
        (await device.PublishAsync("plant", "1")).ReasonCode.ShouldBe(MqttClientPublishReasonCode.Success);
        await device.UntilReceived(1);

        identity.Receive = _ => false;
        await device.PublishAsync("plant", "2");
        identity.Receive = _ => true;
        identity.Publish = _ => false;
        (await device.PublishAsync("plant", "3")).ReasonCode.ShouldBe(MqttClientPublishReasonCode.NotAuthorized);
        identity.Publish = _ => true;
        await device.PublishAsync("plant", "4");
        await device.UntilReceived(2);
        device.Received.Select(Device.Text).ShouldBe(["1", "4"]);
    }

    [Fact]
    public async Task An_identity_that_throws_permits_nothing_and_does_not_affect_other_clients()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        Func<string, bool> broken = _ => throw new InvalidOperationException("the secret");
        gateway.Access.Know(
            ("pump", new TestIdentity { Publish = broken, Receive = broken }),
            ("valve", new TestIdentity { Subscribe = broken }));
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("plant");
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("plant");
        (await device.PublishAsync("plant", "forged")).ReasonCode.ShouldBe(MqttClientPublishReasonCode.NotAuthorized);
        await watcher.PublishAsync("plant", "true");
        await watcher.UntilReceived(1);
        watcher.Received.Select(Device.Text).ShouldBe(["true"]);
        device.Received.ShouldBeEmpty();
        var valve = await gateway.ConnectAsync("valve", MqttProtocolVersion.V500);
        ((int)(await valve.SubscribeAsync("plant")).Items.Single().ResultCode).ShouldBe(0x87);
    }
}
