using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

public sealed class ConnectRefusalTests
{
    public static readonly TheoryData<string, byte[]> Refused = new()
    {
        { "garbage", "GET / HTTP/1.1\r\n\r\n"u8.ToArray() },
        { "a PINGREQ", [0xC0, 0x00] },
        { "a client id with U+0000", RawClient.Connect("pu\0mp") },
        { "a client id that is not UTF-8", RawClient.Packet(
            0x10, [.. RawClient.String("MQTT"), 4, 2, 0, 60, 0, 2, 0xC3, 0x28]) },
        { "a client id above the maximum length", RawClient.Connect(new string('x', 1025)) },
        { "another protocol", RawClient.Connect("pump", protocol: "HTTP") },
        { "an unknown level", RawClient.Connect("pump", level: 6) },
        { "the reserved flag", RawClient.Connect("pump", flags: 3) },
        { "a persistent session without a client id", RawClient.Connect("", flags: 0) },
        { "an oversize CONNECT", [0x10, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "a will to a wildcard", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 4, 6, 0, 60, .. RawClient.String("pump"), .. RawClient.String("a/#"), 0, 0]) },
        { "an authentication method", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 2, 0, 60, 4, 0x15, .. RawClient.String("X"),
            .. RawClient.String("pump")]) },
        { "a property beyond the end of the properties", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 2, 0, 60, 1, 0x22, 0, 5, .. RawClient.String("pump")]) },
        { "a will property beyond the end of the properties", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 6, 0, 60, 0, .. RawClient.String("pump"), 1, 0x01, 1,
            .. RawClient.String("wills"), 0, 0]) },
        { "an unknown property", RawClient.Packet(
            0x10, [.. RawClient.String("MQTT"), 5, 2, 0, 60, 2, 0x28, 1, .. RawClient.String("pump")]) },
        { "bytes after the last field", RawClient.Packet(
            0x10, [.. RawClient.String("MQTT"), 4, 2, 0, 60, .. RawClient.String("pump"), 0]) },
        { "a user name beyond the end of the packet", RawClient.Packet(
            0x10, [.. RawClient.String("MQTT"), 4, 0x82, 0, 60, .. RawClient.String("pump"), 0, 4, 0x70]) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task An_unacceptable_CONNECT_is_refused_and_not_reported(string what, byte[] bytes)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(bytes);

        // A refusing CONNACK may precede the close.
        if (await client.ReadPacketAsync() is { } connack)
        {
            connack[0].ShouldBe((byte)0x20);
            connack[3].ShouldNotBe((byte)0, what);
            (await client.ReadPacketAsync()).ShouldBeNull();
        }

        await gateway.StopAsync();
        gateway.Sink.Taken.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("pump", 6, 2, 1)]
    [InlineData("pump", 3, 2, 1)]
    [InlineData("pump", 0x84, 2, 1)]
    [InlineData("pump", 0x85, 2, 1)]
    [InlineData("", 4, 0, 2)]
    public async Task An_unknown_level_or_a_persistent_session_without_an_id_is_answered_with_its_code(
        string clientId, byte level, byte flags, byte code)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect(clientId, level, flags: flags));
        (await client.ReadPacketAsync()).ShouldBe([0x20, 0x02, 0x00, code]);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_socket_that_sends_no_CONNECT_in_time_is_closed_and_not_reported()
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        using var idle = await gateway.OpenAsync();
        await idle.SendAsync(0x10);
        using var other = await gateway.OpenAsync();
        await other.ConnectAsync("pump");
        var closed = idle.ReadPacketAsync();
        while (!closed.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await closed).ShouldBeNull();
        await gateway.Sink.ConnectOf("pump");
        gateway.Sink.Taken.Select(taken => taken.Event.ClientId).Distinct().ShouldBe(["pump"]);
    }

    [Fact]
    public async Task A_connection_above_the_maximum_is_closed_and_the_others_are_served()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumConnections = 1 });
        using var first = await gateway.OpenAsync();
        await first.ConnectAsync("pump");
        using var second = await gateway.OpenAsync();
        (await second.ReadPacketAsync()).ShouldBeNull();
        await first.SendAsync(0xC0, 0x00);
        (await first.ReadPacketAsync()).ShouldBe([0xD0, 0x00]);

        first.Dispose();
        await gateway.Sink.DisconnectOf("pump");
        for (var connected = false; !connected;)
        {
            using var third = await gateway.OpenAsync();
            await third.SendAsync(RawClient.Connect("valve"));
            connected = await third.ReadPacketAsync() is not null;
        }
    }
}
