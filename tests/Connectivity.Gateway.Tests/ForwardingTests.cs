using System.Text;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Tests;

/// <summary>What a message is when it reaches a subscriber.</summary>
public sealed class ForwardingTests
{
    private static readonly (string Name, string Value)[] Properties = [("b", "1"), ("a", "2"), ("b", "1"), ("", "")];

    [Fact]
    public async Task The_properties_of_a_message_are_forwarded_unaltered_and_in_their_order()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.SubscribeAsync("plant");
        var message = new MqttApplicationMessageBuilder().WithTopic("plant")
            .WithPayloadFormatIndicator(MqttPayloadFormatIndicator.CharacterData)
            .WithContentType("text/plain").WithResponseTopic("answers/7").WithCorrelationData([1, 0, 255]);
        foreach (var (name, value) in Properties) message.WithUserProperty(name, Encoding.UTF8.GetBytes(value));
        await device.PublishAsync(message.Build());
        await device.UntilReceived(1);

        var received = device.Received[0];
        received.PayloadFormatIndicator.ShouldBe(MqttPayloadFormatIndicator.CharacterData);
        (received.ContentType, received.ResponseTopic).ShouldBe(("text/plain", "answers/7"));
        received.CorrelationData.ShouldBe([1, 0, 255]);
        UserProperties(received).ShouldBe(Properties);
    }

    [Fact]
    public async Task The_user_properties_of_a_will_keep_their_order()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("wills");
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500, with =>
        {
            with.WithWillTopic("wills");
            foreach (var (name, value) in Properties) with.WithWillUserProperty(name, Encoding.UTF8.GetBytes(value));
        });
        device.Drop();
        await watcher.UntilReceived(1);
        UserProperties(watcher.Received[0]).ShouldBe(Properties);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_repeated_message_is_forwarded_as_a_new_one(byte level)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var watcher = await gateway.OpenAsync();
        await watcher.ConnectAsync("watcher");
        await watcher.SendAsync(RawClient.Packet(0x82, [0, 1, .. RawClient.String("plant"), 2]));
        await watcher.ReadPacketAsync();
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump", level);
        byte[] none = level == 5 ? [0] : [];
        HashSet<int> identifiers = [0];
        foreach (var first in new byte[] { 0x3A, 0x3A, 0x3C })
        {
            // The receiver of QoS 1 treats each as new; DUP means only that the client has sent it before.
            await client.SendAsync(RawClient.Packet(first, [.. RawClient.String("plant"), 0, 7, .. none]));
            (await client.ReadPacketAsync())!.Take(4).ShouldBe([first == 0x3A ? (byte)0x40 : (byte)0x50, 2, 0, 7]);
            var publish = (await watcher.ReadPacketAsync())!;
            publish[0].ShouldBe((byte)(first & ~8));
            identifiers.Add(publish[9] << 8 | publish[10]).ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Messages_of_one_client_arrive_in_their_order(byte qos)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("#", qos);
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump");
        var packets = Enumerable.Range(1, 200).SelectMany(i => RawClient.Packet(
            (byte)(0x30 | qos << 1),
            [
                .. RawClient.String("plant"), .. qos > 0 ? [(byte)(i >> 8), (byte)i] : Array.Empty<byte>(),
                .. Encoding.ASCII.GetBytes($"{i}"),
            ]));
        await client.SendAsync([.. packets]);
        await watcher.UntilReceived(200);
        watcher.Received.Select(Device.Text).ShouldBe(Enumerable.Range(1, 200).Select(i => $"{i}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_message_that_its_receiver_refuses_is_not_sent_again(byte qos)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Packet(
            0x10, [.. RawClient.String("MQTT"), 5, 2, 0, 60, 3, 0x21, 0, 1, .. RawClient.String("slow")]));
        await client.ReadPacketAsync();
        await client.SendAsync(RawClient.Packet(0x82, [0, 1, 0, .. RawClient.String("plant"), qos]));
        await client.ReadPacketAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        await device.PublishAsync("plant", "1", qos);
        await device.PublishAsync("plant", "2", qos);
        var refused = (await client.ReadPacketAsync())!;
        refused[^1].ShouldBe((byte)'1');
        await client.SendAsync((byte)(qos == 1 ? 0x40 : 0x50), 3, refused[9], refused[10], 0x87);
        byte[]? next;
        do next = await client.ReadPacketAsync();
        while (next![0] == 0x62);
        next[^1].ShouldBe((byte)'2');
    }

    private static IEnumerable<(string, string)> UserProperties(MqttApplicationMessage message) =>
        message.UserProperties.Select(one => (one.Name, Encoding.UTF8.GetString(one.ValueBuffer.Span)));
}
