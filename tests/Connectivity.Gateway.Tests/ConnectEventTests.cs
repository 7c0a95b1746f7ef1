using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class ConnectEventTests
{
    [Fact]
    public async Task A_connect_event_contains_session_principal_and_both_socket_addresses()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 0x82, 0, 30, 5, 0x11, 0, 0, 0x0E, 0x10, .. RawClient.String("pump"),
            .. RawClient.String("plant-7")]));

        var connect = await gateway.Sink.ConnectOf("pump");
        connect.Connection.Source.ShouldBe("gateway");
        connect.Connection.SessionIdentifier.ShouldMatch("^[0-9a-f]{32}$");
        connect.Connection.VersionNumber.ShouldBe(connect.OccurredAt.ToUnixTimeMilliseconds());
        (connect.OccurredAt.Ticks % TimeSpan.TicksPerMillisecond).ShouldBe(0);
        connect.PrincipalIdentifier.ShouldBe("plant-7");
        connect.Session.ShouldBe(new SessionDetails(30, true, 3600));
        connect.Socket.ShouldBe(
            new SocketInformation("127.0.0.1", client.LocalEndPoint.Port, "127.0.0.1", gateway.Port, null));
    }

    [Fact]
    public async Task A_disconnect_event_contains_the_key_and_the_details_of_its_connect()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V311, with => with.WithCredentials("plant-7", "secret"));
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
    public async Task A_clean_MQTT_3_1_1_session_has_expiry_0_and_a_persistent_one_has_none(bool clean, long? expiry)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V311,
            with => with.WithCleanSession(clean).WithKeepAlivePeriod(TimeSpan.FromSeconds(45)));
        (await gateway.Sink.ConnectOf("pump")).Session.ShouldBe(new SessionDetails(45, clean, expiry));
    }

    [Theory]
    [InlineData(0, 1200)]
    [InlineData(1201, 1200)]
    [InlineData(1200, 0)]
    [InlineData(30, 0)]
    public async Task An_MQTT_5_client_receives_the_granted_keep_alive_if_it_differs_from_the_requested_one(
        int requested, int announced)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V500, with => with.WithKeepAlivePeriod(TimeSpan.FromSeconds(requested)));
        ((int)device.Granted.ServerKeepAlive).ShouldBe(announced);
        (await gateway.Sink.ConnectOf("pump")).Session.KeepAliveDuration.ShouldBe(
            announced == 0 ? requested : announced);
    }

    [Fact]
    public async Task The_CONNACK_of_MQTT_5_announces_unsupported_features()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V500, with => with.WithRequestResponseInformation());
        device.Granted.ResponseInformation.ShouldBeNull();
        device.Granted.RetainAvailable.ShouldBeFalse();
        device.Granted.SharedSubscriptionAvailable.ShouldBeFalse();
        device.Granted.MaximumPacketSize.ShouldBe(128 * 1024u);
    }

    [Theory]
    [InlineData(14, true)]
    [InlineData(0, false)]
    public async Task The_CONNACK_of_MQTT_5_announces_that_the_session_ends_with_the_connection(
        byte requested, bool announced)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.SendAsync(RawClient.Packet(0x10, [
            .. RawClient.String("MQTT"), 5, 2, 0, 30, 5, 0x11, 0, 0, requested, 0, .. RawClient.String("pump")]));
        var connack = (await client.ReadPacketAsync())!;
        int[] property = [0x11, 0, 0, 0, 0];
        connack[4].ShouldBe((byte)(connack.Length - 5));
        connack.Skip(5).Take(5).Select(one => (int)one).SequenceEqual(property).ShouldBe(announced);
        await client.SendAsync(0xC0, 0x00);
        (await client.ReadPacketAsync()).ShouldBe([0xD0, 0x00]);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_client_without_an_id_is_assigned_one(byte level)
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
    public async Task A_client_id_that_is_too_long_for_a_thing_is_accepted()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var id = new string('x', 1000);
        await gateway.ConnectAsync(id, MqttProtocolVersion.V500);
        (await gateway.Sink.ConnectOf(id)).ClientId.ShouldBe(id);
    }
}
