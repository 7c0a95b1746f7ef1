using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Tests;

public sealed class RoutingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_message_reaches_the_subscribers_of_its_topic(int qos)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var older = await gateway.ConnectAsync("older", MqttProtocolVersion.V311);
        var newer = await gateway.ConnectAsync("newer", MqttProtocolVersion.V500);
        await older.SubscribeAsync("plant/+/temperature", qos);
        await newer.SubscribeAsync("plant/#", qos);
        await newer.PublishAsync("plant/7/temperature", "21.5", qos);
        await older.UntilReceived(1);
        await newer.UntilReceived(1);
        Device.Text(older.Received[0]).ShouldBe("21.5");
        ((int)older.Received[0].QualityOfServiceLevel).ShouldBe(qos);
    }

    [Fact]
    public async Task Messages_are_not_retained()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V311);
        await device.SubscribeAsync("plant/#");
        await device.PublishAsync("plant/state", "on", retain: true);
        await device.UntilReceived(1);
        device.Received[0].Retain.ShouldBeFalse();

        var later = await gateway.ConnectAsync("later", MqttProtocolVersion.V311);
        await later.SubscribeAsync("plant/#");
        await device.PublishAsync("plant/other");
        await later.UntilReceived(1);
        later.Received.Select(message => message.Topic).ShouldBe(["plant/other"]);
    }

    [Theory]
    [InlineData("$aws/events/presence/connected/pump")]
    [InlineData("$aws/things/pump/shadow/update")]
    [InlineData("$SYS/load")]
    public async Task Clients_can_not_publish_to_reserved_topics(string topic)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var newer = await gateway.ConnectAsync("newer", MqttProtocolVersion.V500);
        var older = await gateway.ConnectAsync("older", MqttProtocolVersion.V311);
        await newer.SubscribeAsync(topic);
        await newer.SubscribeAsync("plant");
        (await newer.PublishAsync(topic, "forged")).ReasonCode.ShouldBe(MqttClientPublishReasonCode.NotAuthorized);
        await older.PublishAsync(topic, "forged");
        await older.PublishAsync(topic, "forged", qos: 0);
        var fallen = await gateway.ConnectAsync(
            "fallen", MqttProtocolVersion.V311, with => with.WithWillTopic(topic).WithWillPayload("forged"));
        fallen.Granted.ResultCode.ShouldBe(MqttClientConnectResultCode.NotAuthorized);

        (await older.PublishAsync("plant", "true")).IsSuccess.ShouldBeTrue();
        await newer.UntilReceived(1);
        newer.Received.Select(Device.Text).ShouldBe(["true"]);
    }

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task A_will_is_published_unless_the_client_sent_a_DISCONNECT(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", version);
        await watcher.SubscribeAsync("wills/#");
        var polite = await WithWill("polite");
        await polite.DisconnectAsync();
        await gateway.Sink.DisconnectOf("polite");
        (await gateway.ConnectAsync("without", version)).Drop();
        await gateway.Sink.DisconnectOf("without");
        var lost = await WithWill("lost");
        lost.Drop();
        await WithWill("replaced");
        await gateway.ConnectAsync("replaced", version);
        await watcher.UntilReceived(2);
        watcher.Received.Select(message => message.Topic).Order().ShouldBe(["wills/lost", "wills/replaced"]);
        watcher.Received.ShouldAllBe(message => !message.Retain);

        Task<Device> WithWill(string clientId) =>
            gateway.ConnectAsync(
                clientId, version,
                with => with.WithWillTopic($"wills/{clientId}").WithWillPayload("gone")
                    .WithWillRetain(version == MqttProtocolVersion.V311));
    }

    [Fact]
    public async Task A_client_that_never_reads_loses_messages_and_does_not_delay_others()
    {
        var options = new GatewayOptions { MaximumPendingMessagesPerClient = 50 };
        await using var gateway = await Fixtures.Gateway.StartAsync(options);
        using var frozen = await gateway.OpenAsync();
        await frozen.ConnectAsync("frozen");
        await frozen.SendAsync(RawClient.Packet(0x82, [0, 1, .. RawClient.String("plant"), 0]));
        await frozen.ReadPacketAsync();
        var awake = await gateway.ConnectAsync("awake", MqttProtocolVersion.V500);
        await awake.SubscribeAsync("plant", 0);

        // Far more than the buffers of the socket hold.
        var payload = new string('x', 100_000);
        for (var i = 0; i < 300; i++)
        {
            await awake.PublishAsync("plant", payload);
            await awake.UntilReceived(i + 1);
        }

        gateway.Log.Lines.ShouldContain(line => line.Text.StartsWith("Messages to slow clients are dropped"));
    }

    [Fact]
    public async Task A_client_that_acknowledges_nothing_takes_neither_messages_nor_presence_from_others()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumPendingBytes = 200_000, MaximumPendingPresenceBytes = 20_000 });
        using var greedy = await gateway.OpenAsync();
        await greedy.ConnectAsync("greedy");
        await greedy.SendAsync(RawClient.Packet(0x82, [
            0, 1, .. RawClient.String("own"), 1, .. RawClient.String("$aws/events/presence/#"), 1]));
        await greedy.ReadPacketAsync();
        for (var i = 0; i < 100; i++)
            await greedy.SendAsync(RawClient.Packet(
                0x32, [.. RawClient.String("own"), 0, 1, .. new byte[10_000]]));
        await gateway.Sink.Until(() => gateway.Log.Lines.Any(line => line.Text.Contains("are dropped")));

        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("plant");
        await watcher.SubscribeAsync("$aws/events/presence/connected/pump");
        var pump = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await watcher.UntilReceived(1);
        await pump.PublishAsync("plant", new string('x', 10_000));
        await watcher.UntilReceived(2);
        watcher.Received.Select(message => message.Topic)
            .ShouldBe(["$aws/events/presence/connected/pump", "plant"]);
    }

    [Fact]
    public async Task Unacknowledged_messages_are_limited()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumPendingMessagesPerClient = 5 });
        using var silent = await gateway.OpenAsync();
        await silent.ConnectAsync("silent");
        await silent.SendAsync(RawClient.Packet(0x82, [0, 1, .. RawClient.String("plant"), 1]));
        await silent.ReadPacketAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        for (var i = 0; i < 20; i++) await device.PublishAsync("plant", $"{i}");

        List<byte[]> received = [];
        for (var i = 0; i < 5; i++) received.Add((await silent.ReadPacketAsync())!);
        foreach (var publish in received) await silent.SendAsync(0x40, 0x02, publish[9], publish[10]);
        await silent.SendAsync(0xC0, 0x00);
        (await silent.ReadPacketAsync()).ShouldBe([0xD0, 0x00]);
        await device.PublishAsync("plant", "next");
        System.Text.Encoding.ASCII.GetString((await silent.ReadPacketAsync())!).ShouldEndWith("next");
    }

    [Fact]
    public async Task A_client_receives_no_packet_above_its_maximum_size()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumPendingMessagesPerClient = 5 });
        var small = await gateway.ConnectAsync(
            "small", MqttProtocolVersion.V500, with => with.WithMaximumPacketSize(1000));
        await small.SubscribeAsync("plant");
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        for (var i = 0; i < 10; i++) await device.PublishAsync("plant", new string('x', 1000));
        await device.PublishAsync("plant", "small");
        await small.UntilReceived(1);
        small.Received.Select(Device.Text).ShouldBe(["small"]);
    }

    [Fact]
    public async Task A_subscription_above_the_maximum_is_refused_and_an_unsubscription_makes_room()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumSubscriptionsPerClient = 2 });
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("a");
        await device.SubscribeAsync("b");
        await device.SubscribeAsync("b");
        (await device.SubscribeAsync("c")).Items.Single().ResultCode
            .ShouldBe(MqttClientSubscribeResultCode.QuotaExceeded);
        await device.UnsubscribeAsync("a");
        (await device.SubscribeAsync("c")).Items.Single().ResultCode
            .ShouldBe(MqttClientSubscribeResultCode.GrantedQoS1);
        (await device.SubscribeAsync("$share/group/a")).Items.Single().ResultCode
            .ShouldBe(MqttClientSubscribeResultCode.SharedSubscriptionsNotSupported);
    }

    [Fact]
    public async Task Each_filter_of_a_SUBSCRIBE_has_its_own_reason_code()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V311);
        var result = await device.SubscribeAsync(new MqttClientSubscribeOptionsBuilder()
            .WithTopicFilter("a", MqttQualityOfServiceLevel.AtMostOnce)
            .WithTopicFilter("$share/group/b", MqttQualityOfServiceLevel.AtMostOnce)
            .WithTopicFilter("c", MqttQualityOfServiceLevel.ExactlyOnce)
            .WithTopicFilter("d", MqttQualityOfServiceLevel.AtLeastOnce)
            .Build());
        result.Items.Select(item => (int)item.ResultCode).ShouldBe([0, 0x80, 2, 1]);
    }
}
