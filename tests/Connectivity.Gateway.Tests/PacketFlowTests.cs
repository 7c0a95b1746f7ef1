using Connectivity.Gateway.Protocol;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

/// <summary>What several packets of a connection owe each other.</summary>
public sealed class PacketFlowTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_repeated_message_of_QoS_2_is_delivered_once_until_it_is_released(byte level)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("plant", 2);
        using var client = await ConnectedAsync(gateway, level);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Publish(level, first: (byte)(i == 0 ? 0x34 : 0x3C), identifier: 7));
            (await client.ReadPacketAsync())!.Take(4).ShouldBe([0x50, 2, 0, 7]);
        }

        await client.SendAsync(0x62, 2, 0, 7);
        (await client.ReadPacketAsync())!.Take(4).ShouldBe([0x70, 2, 0, 7]);
        await client.SendAsync(Publish(level, 0x34, identifier: 7));
        (await client.ReadPacketAsync())!.Take(4).ShouldBe([0x50, 2, 0, 7]);
        await client.SendAsync(Publish(level, 0x30, identifier: null));
        await watcher.UntilReceived(3);
        watcher.Received.Select(message => (int)message.QualityOfServiceLevel).ShouldBe([2, 2, 0], ignoreOrder: true);
    }

    [Fact]
    public async Task A_refused_message_of_QoS_2_frees_its_identifier()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        gateway.Access.Know(("pump", new TestIdentity { Publish = topic => topic != "plant" }));
        using var client = await ConnectedAsync(gateway, level: 5);
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Publish(5, 0x34, identifier: 7));
            (await client.ReadPacketAsync()).ShouldBe([0x50, 4, 0, 7, 0x87, 0]);
        }
    }

    [Fact]
    public async Task An_MQTT_5_client_that_exceeds_the_receive_maximum_receives_its_code()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect("pump", level: 5));
        var connack = (await client.ReadPacketAsync())!;
        Convert.ToHexString(connack).ShouldContain($"21{ReceivedPublishes.Maximum:X4}");

        for (ushort i = 1; i <= ReceivedPublishes.Maximum; i++)
        {
            await client.SendAsync(Publish(5, 0x34, i));
            (await client.ReadPacketAsync())![0].ShouldBe((byte)0x50);
        }

        await client.SendAsync(Publish(5, 0x34, ReceivedPublishes.Maximum + 1));
        (await client.ReadPacketAsync()).ShouldBe([0xE0, 2, (byte)Statement.ReceiveMaximum.Code, 0]);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_client_has_no_more_unacknowledged_messages_than_its_receive_maximum_and_loses_none()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Packet(
            0x10, [.. RawClient.String("MQTT"), 5, 2, 0, 60, 3, 0x21, 0, 2, .. RawClient.String("slow")]));
        await client.ReadPacketAsync();
        await client.SendAsync(RawClient.Packet(0x82, [0, 1, 0, .. RawClient.String("plant"), 1]));
        await client.ReadPacketAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        for (var i = 0; i < 5; i++) await device.PublishAsync("plant", $"{i}");
        await device.PublishAsync("plant", "at once", qos: 0);

        var unacknowledged = new Queue<byte[]>();
        List<string> received = [];
        await ReadAsync();
        await ReadAsync();
        await ReadAsync();
        received.ShouldBe(["0", "1", "at once"]);
        // A PINGRESP is not held back, and no message precedes it.
        await client.SendAsync(0xC0, 0);
        (await client.ReadPacketAsync()).ShouldBe([0xD0, 0]);
        while (unacknowledged.TryDequeue(out var publish))
        {
            await client.SendAsync(0x40, 2, publish[9], publish[10]);
            if (received.Count < 6) await ReadAsync();
        }

        received.ShouldBe(["0", "1", "at once", "2", "3", "4"]);

        async Task ReadAsync()
        {
            var packet = (await client.ReadPacketAsync())!;
            var isAcknowledged = (packet[0] & 6) != 0;
            if (isAcknowledged) unacknowledged.Enqueue(packet);
            // The topic name ends at the ninth byte; an identifier and the length of the properties may follow.
            received.Add(System.Text.Encoding.ASCII.GetString(packet[(isAcknowledged ? 12 : 10)..]));
        }
    }

    [Fact]
    public async Task An_MQTT_5_client_with_a_retained_will_is_refused_because_nothing_is_retained()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V500, with => with.WithWillTopic("wills").WithWillRetain());
        device.Granted.ResultCode.ShouldBe(MqttClientConnectResultCode.RetainNotSupported);
        gateway.Access.Claims.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_topic_alias_stands_for_its_topic_and_is_not_forwarded()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var watcher = await gateway.OpenAsync();
        await watcher.ConnectAsync("watcher", level: 5);
        await watcher.SendAsync(RawClient.Packet(0x82, [0, 1, 0, .. RawClient.String("plant"), 0]));
        await watcher.ReadPacketAsync();
        using var client = await ConnectedAsync(gateway, level: 5);
        await client.SendAsync(RawClient.Packet(0x30, [.. RawClient.String("plant"), 3, 0x23, 0, 16]));
        await client.SendAsync(RawClient.Packet(0x30, [0, 0, 3, 0x23, 0, 16]));
        // The watcher accepts no aliases.
        for (var i = 0; i < 2; i++)
            (await watcher.ReadPacketAsync()).ShouldBe(RawClient.Packet(0x30, [.. RawClient.String("plant"), 0]));
    }

    private static async Task<RawClient> ConnectedAsync(Fixtures.Gateway gateway, byte level)
    {
        var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump", level);
        return client;
    }

    private static byte[] Publish(byte level, byte first, int? identifier) => RawClient.Packet(
        first,
        [
            .. RawClient.String("plant"),
            .. identifier is { } id ? [(byte)(id >> 8), (byte)id] : Array.Empty<byte>(),
            .. level == 5 ? [(byte)0] : Array.Empty<byte>(),
        ]);
}
