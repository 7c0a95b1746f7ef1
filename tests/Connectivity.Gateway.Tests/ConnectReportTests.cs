using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class ConnectReportTests
{
    [Fact]
    public async Task A_connect_tells_the_session_the_principal_and_both_ends_of_the_socket()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 0x82, 0, 30, 5, 0x11, 0, 0, 0x0E, 0x10, .. RawClient.String("pump"), .. RawClient.String("plant-7")]));

        var connect = await gateway.Sink.ConnectOf("pump");
        connect.Connection.Source.ShouldBe("gateway");
        connect.Connection.SessionIdentifier.ShouldMatch("^[0-9a-f]{32}$");
        connect.Connection.VersionNumber.ShouldBe(connect.OccurredAt.ToUnixTimeMilliseconds());
        (connect.OccurredAt.Ticks % TimeSpan.TicksPerMillisecond).ShouldBe(0);
        connect.PrincipalIdentifier.ShouldBe("plant-7");
        connect.Session.ShouldBe(new SessionDetails(30, true, 3600));
        connect.Socket.ShouldBe(new SocketInformation("127.0.0.1", client.LocalEndPoint.Port, "127.0.0.1", gateway.Port, null));
    }

    [Fact]
    public async Task A_disconnect_carries_the_pair_and_the_details_of_its_connect()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V311, with => with.WithCredentials("plant-7", "secret"));
        await device.DisconnectAsync();

        var disconnect = await gateway.Sink.DisconnectOf("pump");
        var connect = await gateway.Sink.ConnectOf("pump");
        disconnect.Connection.ShouldBe(connect.Connection);
        disconnect.Session.ShouldBe(connect.Session);
        disconnect.Socket.ShouldBe(connect.Socket);
        disconnect.PrincipalIdentifier.ShouldBe("plant-7");
        disconnect.OccurredAt.ShouldBeGreaterThanOrEqualTo(connect.OccurredAt);
    }

    [Theory]
    [InlineData(true, 0L)]
    [InlineData(false, null)]
    public async Task An_MQTT_3_1_1_client_tells_whether_its_session_is_clean_and_no_expiry(bool clean, long? expiry)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await gateway.ConnectAsync("pump", MqttProtocolVersion.V311, with => with.WithCleanSession(clean).WithKeepAlivePeriod(TimeSpan.FromSeconds(45)));
        (await gateway.Sink.ConnectOf("pump")).Session.ShouldBe(new SessionDetails(45, clean, expiry));
    }

    [Theory]
    [InlineData(0, 1200)]
    [InlineData(1201, 1200)]
    [InlineData(1200, 0)]
    [InlineData(30, 0)]
    public async Task An_MQTT_5_client_is_told_the_keep_alive_that_holds_where_it_asked_for_another(int asked, int told)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500, with => with.WithKeepAlivePeriod(TimeSpan.FromSeconds(asked)));
        ((int)device.Granted.ServerKeepAlive).ShouldBe(told);
        (await gateway.Sink.ConnectOf("pump")).Session.KeepAliveDuration.ShouldBe(told == 0 ? asked : told);
    }

    [Fact]
    public async Task An_MQTT_5_client_is_told_what_is_not_supported()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        device.Granted.RetainAvailable.ShouldBeFalse();
        device.Granted.SharedSubscriptionAvailable.ShouldBeFalse();
        device.Granted.MaximumPacketSize.ShouldBe(128 * 1024u);
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(0, false)]
    public async Task An_MQTT_5_client_is_told_that_its_session_ends_with_its_connection(byte asked, bool told)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 2, 0, 30, 5, 0x11, 0, 0, asked, 0, .. RawClient.String("pump")]));
        var connack = (await client.ReadPacketAsync())!;
        int[] property = [0x11, 0, 0, 0, 0];
        connack[4].ShouldBe((byte)(connack.Length - 5));
        connack.Skip(5).Take(5).Select(one => (int)one).SequenceEqual(property).ShouldBe(told);
        await client.SendAsync(0xC0, 0x00);
        (await client.ReadPacketAsync()).ShouldBe([0xD0, 0x00]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_client_without_an_id_is_given_one(byte level)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Connect("", level));
        var connack = await client.ReadPacketAsync();
        await gateway.Sink.Until(() => gateway.Sink.Taken.Count == 1);
        var assigned = gateway.Sink.Taken[0].Event.ClientId;
        assigned.ShouldMatch("^[0-9a-f]{32}$");
        if (level == 5) System.Text.Encoding.ASCII.GetString(connack!).ShouldContain(assigned);
    }

    [Fact]
    public async Task A_client_id_that_is_too_long_for_a_thing_is_served()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var id = new string('x', 1000);
        await gateway.ConnectAsync(id, MqttProtocolVersion.V500);
        (await gateway.Sink.ConnectOf(id)).ClientId.ShouldBe(id);
    }

    public static readonly TheoryData<string, byte[]> Refused = new()
    {
        { "garbage", "GET / HTTP/1.1\r\n\r\n"u8.ToArray() },
        { "a PINGREQ", [0xC0, 0x00] },
        { "a client id with U+0000", RawClient.Connect("pu\0mp") },
        { "a client id that is not UTF-8", RawClient.Packet(0x10, [.. RawClient.String("MQTT"), 4, 2, 0, 60, 0, 2, 0xC3, 0x28]) },
        { "a client id beyond all bounds", RawClient.Connect(new string('x', 1025)) },
        { "another protocol", RawClient.Connect("pump", protocol: "HTTP") },
        { "a level that does not exist yet", RawClient.Connect("pump", level: 6) },
        { "the reserved flag", RawClient.Connect("pump", flags: 3) },
        { "a persistent session without a client id", RawClient.Connect("", flags: 0) },
        { "an oversize CONNECT", [0x10, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "a will to a wildcard", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 4, 6, 0, 60, .. RawClient.String("pump"), .. RawClient.String("a/#"), 0, 0]) },
        { "an authentication method", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 2, 0, 60, 4, 0x15, .. RawClient.String("X"), .. RawClient.String("pump")]) },
        { "a property that is longer than all properties", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 2, 0, 60, 1, 0x22, 0, 5, .. RawClient.String("pump")]) },
        { "a property of a will that is longer than all", RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 6, 0, 60, 0, .. RawClient.String("pump"), 1, 0x01, 1, .. RawClient.String("wills"), 0, 0]) },
        { "a property that there is not", RawClient.Packet(0x10, [.. RawClient.String("MQTT"), 5, 2, 0, 60, 2, 0x28, 1, .. RawClient.String("pump")]) },
        { "bytes behind the last field", RawClient.Packet(0x10, [.. RawClient.String("MQTT"), 4, 2, 0, 60, .. RawClient.String("pump"), 0]) },
        { "a user name behind the packet", RawClient.Packet(0x10, [.. RawClient.String("MQTT"), 4, 0x82, 0, 60, .. RawClient.String("pump"), 0, 4, 0x70]) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_is_no_acceptable_CONNECT_is_refused_and_not_reported(string what, byte[] bytes)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(bytes);

        // A refusal in a CONNACK may come first, and then the end.
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
    public async Task A_CONNECT_of_no_known_level_or_without_an_id_for_its_session_is_told_so(string clientId, byte level, byte flags, byte code)
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
    public async Task One_connection_too_many_is_closed_and_the_others_are_served()
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
