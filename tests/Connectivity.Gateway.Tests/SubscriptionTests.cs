using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Tests;

/// <summary>What SUBSCRIBE and UNSUBSCRIBE change, and how they are answered.</summary>
public sealed class SubscriptionTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_SUBACK_and_an_UNSUBACK_have_the_identifier_of_their_packet(byte level)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump", level);
        byte[] none = level == 5 ? [0] : [];
        await client.SendAsync(RawClient.Packet(
            0x82, [0x12, 0x34, .. none, .. RawClient.String("a"), 0, .. RawClient.String("b"), 2]));
        (await client.ReadPacketAsync()).ShouldBe([0x90, (byte)(4 + none.Length), 0x12, 0x34, .. none, 0, 2]);

        // One answer for all filters, also for those that the client is not subscribed to.
        await client.SendAsync(RawClient.Packet(
            0xA2, [0x43, 0x21, .. none, .. RawClient.String("c"), .. RawClient.String("b")]));
        (await client.ReadPacketAsync()).ShouldBe(
            level == 5 ? [0xB0, 5, 0x43, 0x21, 0, 0x11, 0] : [0xB0, 2, 0x43, 0x21]);
        await client.SendAsync(0xC0, 0);
        (await client.ReadPacketAsync()).ShouldBe([0xD0, 0]);
    }

    [Fact]
    public async Task An_UNSUBSCRIBE_removes_only_the_filter_that_is_equal_to_its_own()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("plant/+");
        await device.SubscribeAsync("end");
        foreach (var other in new[] { "plant/7", "plant/#", "Plant/+", "+/7" }) await device.UnsubscribeAsync(other);
        await device.PublishAsync("plant/7");
        await device.UntilReceived(1);
        await device.UnsubscribeAsync("plant/+");
        await device.PublishAsync("plant/7");
        await device.PublishAsync("end");
        await device.UntilReceived(2);
        device.Received.Select(message => message.Topic).ShouldBe(["plant/7", "end"]);
    }

    [Fact]
    public async Task A_delivery_that_has_begun_is_completed_after_the_UNSUBSCRIBE()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("watcher");
        await client.SendAsync(RawClient.Packet(0x82, [0, 1, .. RawClient.String("plant"), 2]));
        await client.ReadPacketAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.PublishAsync("plant", qos: 2);
        var publish = (await client.ReadPacketAsync())!;
        publish[0].ShouldBe((byte)0x34);

        await client.SendAsync(RawClient.Packet(0xA2, [0, 2, .. RawClient.String("plant")]));
        (await client.ReadPacketAsync()).ShouldBe([0xB0, 2, 0, 2]);
        await client.SendAsync(0x50, 2, publish[9], publish[10]);
        (await client.ReadPacketAsync()).ShouldBe([0x62, 2, publish[9], publish[10]]);
    }

    [Fact]
    public async Task A_later_subscription_replaces_an_earlier_one_to_the_same_filter()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        List<int> expected = [];
        foreach (var granted in new[] { 0, 2, 1 })
        {
            await device.SubscribeAsync("plant", granted);
            await PublishAsync(granted);
        }

        // Of one packet, too: it is processed as a sequence of packets.
        foreach (var (first, second) in new[] { (0, 1), (2, 0), (1, 2) })
        {
            var result = await device.SubscribeAsync(new MqttClientSubscribeOptionsBuilder()
                .WithTopicFilter("plant", (MqttQualityOfServiceLevel)first)
                .WithTopicFilter("plant", (MqttQualityOfServiceLevel)second)
                .Build());
            ((int)result.Items.Last().ResultCode).ShouldBe(second);
            await PublishAsync(second);
        }

        async Task PublishAsync(int granted)
        {
            expected.Add(granted);
            await device.PublishAsync("plant", qos: 2);
            await device.UntilReceived(expected.Count);
            device.Received.Select(message => (int)message.QualityOfServiceLevel).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_message_has_the_lower_one_of_its_QoS_and_the_granted_one()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V311);
        for (var granted = 0; granted <= 2; granted++)
        {
            await device.SubscribeAsync("plant", granted);
            for (var qos = 0; qos <= 2; qos++)
            {
                await device.PublishAsync("plant", qos: qos);
                await device.UntilReceived(granted * 3 + qos + 1);
                ((int)device.Received[^1].QualityOfServiceLevel).ShouldBe(Math.Min(qos, granted));
            }
        }
    }

    [Fact]
    public async Task Overlapping_subscriptions_deliver_with_the_greatest_QoS_and_all_identifiers()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        foreach (var (filter, qos, identifier) in new[] { ("plant/#", 0, 7u), ("plant/+", 2, 300u), ("+/7", 1, 0u) })
        {
            var options = new MqttClientSubscribeOptionsBuilder()
                .WithTopicFilter(filter, (MqttQualityOfServiceLevel)qos);
            if (identifier > 0) options.WithSubscriptionIdentifier(identifier);
            await device.SubscribeAsync(options.Build());
        }

        await device.PublishAsync("plant/7", qos: 2);
        await device.UntilReceived(1);
        device.Received[0].QualityOfServiceLevel.ShouldBe(MqttQualityOfServiceLevel.ExactlyOnce);
        device.Received[0].SubscriptionIdentifiers.ShouldBe([7u, 300u], ignoreOrder: true);
    }

    [Fact]
    public async Task No_Local_keeps_the_messages_of_a_client_from_itself()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync(new MqttClientSubscribeOptionsBuilder()
            .WithTopicFilter("plant", MqttQualityOfServiceLevel.AtLeastOnce, noLocal: true).Build());
        await device.PublishAsync("plant", "own");
        await (await gateway.ConnectAsync("valve", MqttProtocolVersion.V500)).PublishAsync("plant", "of another");
        await device.UntilReceived(1);
        device.Received.Select(Device.Text).ShouldBe(["of another"]);
    }

    [Fact]
    public async Task Topics_are_compared_character_by_character()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        // A composed umlaut, a decomposed one, and a byte order mark, which is a character like others.
        string[] topics = ["pl\u00E4nt", "pla\u0308nt", "\uFEFFpl\u00E4nt", "Pl\u00E4nt", "pl\u00E4nt/", "/pl\u00E4nt"];
        await device.SubscribeAsync(topics[0]);
        await device.SubscribeAsync(topics[2]);
        foreach (var topic in topics.Reverse()) await device.PublishAsync(topic);
        await device.UntilReceived(2);
        device.Received.Select(message => message.Topic).ShouldBe([topics[2], topics[0]]);
    }
}
