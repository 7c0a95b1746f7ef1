using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

/// <summary>A session lasts as long as its connection, whatever the client asks for.</summary>
public sealed class SessionTests
{
    [Theory]
    [InlineData(4, true)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(5, false)]
    public async Task A_client_that_connects_again_has_a_new_session(byte level, bool clean)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("device", MqttProtocolVersion.V500);
        byte[] none = level == 5 ? [0] : [];
        using (var first = await ConnectAsync())
        {
            await first.SendAsync(RawClient.Packet(0x82, [0, 1, .. none, .. RawClient.String("plant"), 1]));
            await first.ReadPacketAsync();
            await first.SendAsync(0xE0, 0);
            await gateway.Sink.DisconnectOf("pump");
            await device.PublishAsync("plant", "while away");
        }

        using var second = await ConnectAsync();
        await second.SendAsync(RawClient.Packet(0x82, [0, 1, .. none, .. RawClient.String("other"), 0]));
        await second.ReadPacketAsync();
        await device.PublishAsync("plant", "later");
        await device.PublishAsync("other");
        (await second.ReadPacketAsync()).ShouldBe(RawClient.Packet(0x30, [.. RawClient.String("other"), .. none]));

        async Task<RawClient> ConnectAsync()
        {
            var client = await gateway.OpenAsync();
            await client.SendAsync(RawClient.Connect("pump", level, flags: (byte)(clean ? 2 : 0)));
            // Success, without Session Present or a reserved bit.
            (await client.ReadPacketAsync())![2..4].ShouldBe([0, 0]);
            return client;
        }
    }

    [Fact]
    public async Task A_topic_alias_ends_with_its_connection()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using (var first = await gateway.OpenAsync())
        {
            await first.ConnectAsync("pump", level: 5);
            await first.SendAsync(RawClient.Packet(0x30, [.. RawClient.String("plant"), 3, 0x23, 0, 1]));
        }

        using var second = await gateway.OpenAsync();
        await second.ConnectAsync("pump", level: 5);
        await second.SendAsync(RawClient.Packet(0x30, [0, 0, 3, 0x23, 0, 1]));
        (await second.ReadPacketAsync())![0].ShouldBe((byte)0xE0);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("0123456789abcdefghijklm")]
    [InlineData("nopqrstuvwxyzABCDEFGHIJ")]
    [InlineData("KLMNOPQRSTUVWXYZ")]
    public async Task A_client_id_of_up_to_23_letters_and_digits_is_accepted(string clientId)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        foreach (var version in new[] { MqttProtocolVersion.V311, MqttProtocolVersion.V500 })
            (await gateway.ConnectAsync(clientId, version)).Granted.ResultCode
                .ShouldBe(MqttClientConnectResultCode.Success);
    }

    [Theory]
    [InlineData(4, 0x02)]
    [InlineData(5, 0x85)]
    public async Task A_client_id_above_the_maximum_length_is_answered_with_its_code(byte level, byte code)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect(new string('x', 1025), level));
        (await client.ReadPacketAsync())![2..4].ShouldBe([0, code]);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }
}
