using System.Net;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Listening;
using Connectivity.Gateway.Presence;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Routing;
using Connectivity.Gateway.Telemetry;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Server;

namespace Connectivity.Gateway.Tests;

public sealed class DisconnectReasonTests
{
    public static readonly TheoryData<MqttProtocolVersion> Versions =
        new(MqttProtocolVersion.V311, MqttProtocolVersion.V500);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_DISCONNECT_of_the_client_is_reported_as_client_initiated(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", version);
        await device.DisconnectAsync();

        var disconnect = await gateway.Sink.DisconnectOf("pump");
        disconnect.Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
        disconnect.ClientInitiated.ShouldBe(true);
    }

    [Fact]
    public async Task A_DISCONNECT_with_will_is_client_initiated_and_publishes_the_will()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var watcher = await gateway.ConnectAsync("watcher", MqttProtocolVersion.V500);
        await watcher.SubscribeAsync("wills/#");
        var device = await gateway.ConnectAsync(
            "pump", MqttProtocolVersion.V500, with => with.WithWillTopic("wills/pump").WithWillPayload("gone"));
        await device.DisconnectAsync(MqttClientDisconnectOptionsReason.DisconnectWithWillMessage);

        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientInitiatedDisconnect);
        await watcher.UntilReceived(1);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_socket_closed_without_a_DISCONNECT_is_reported_as_connection_lost(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", version);
        device.Drop();

        var disconnect = await gateway.Sink.DisconnectOf("pump");
        disconnect.Reason.ShouldBe(DisconnectReason.ConnectionLost);
        disconnect.ClientInitiated.ShouldBe(false);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_client_that_is_silent_for_one_and_a_half_times_its_keep_alive_is_timed_out(byte level)
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump", level, keepAlive: 60);

        clock.Advance(TimeSpan.FromSeconds(90));
        await client.SendAsync(0xC0, 0x00);
        (await client.ReadPacketAsync()).ShouldBe([0xD0, 0x00]);
        gateway.Sink.Of("pump").OfType<ThingDisconnected>().ShouldBeEmpty();

        clock.Advance(TimeSpan.FromSeconds(91));
        var disconnect = await gateway.Sink.DisconnectOf("pump");
        disconnect.Reason.ShouldBe(DisconnectReason.MqttKeepAliveTimeout);
        disconnect.OccurredAt.ShouldBe(clock.GetUtcNow());
        if (level == 5) (await client.ReadPacketAsync())![2].ShouldBe((byte)0x8D);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 5000)]
    [InlineData(5, 0)]
    public async Task A_client_with_no_or_too_long_a_keep_alive_is_timed_out_after_1800_seconds(
        byte level, ushort keepAlive)
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump", level, keepAlive);
        (await gateway.Sink.ConnectOf("pump")).Session.KeepAliveDuration.ShouldBe(1200);

        clock.Advance(TimeSpan.FromSeconds(1801));
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.MqttKeepAliveTimeout);
    }

    public static readonly TheoryData<string, byte[]> Violations = new()
    {
        { "a second CONNECT", RawClient.Connect("pump") },
        { "a packet that only servers send", [0xD0, 0x00] },
        { "bytes that are not a packet", "GET / HTTP/1.1\r\n\r\n"u8.ToArray() },
        { "a length of five bytes", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
        { "a packet that is too large", [0x30, 0x80, 0x80, 0x80, 0x01] },
        { "QoS 3", RawClient.Packet(0x36, [.. RawClient.String("a"), 0, 1]) },
        { "a topic name with a wildcard", RawClient.Packet(0x30, RawClient.String("a/#")) },
        { "a topic name with U+0000", RawClient.Packet(0x30, RawClient.String("a\0b")) },
        { "an empty topic name", RawClient.Packet(0x30, RawClient.String("")) },
        { "a topic filter with a misplaced wildcard", RawClient.Packet(0x82, [0, 1, .. RawClient.String("a/#/b"), 0]) },
        { "a SUBSCRIBE without filters", RawClient.Packet(0x82, [0, 1]) },
        { "a SUBSCRIBE with the wrong flags", RawClient.Packet(0x80, [0, 1, .. RawClient.String("a"), 0]) },
        { "a truncated PUBLISH", RawClient.Packet(0x30, [0, 9, 65]) },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task A_protocol_violation_is_reported_as_client_error(string violation, byte[] bytes)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump");
        await client.SendAsync(bytes);

        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientError, violation);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(new byte[] { 0x30, 0x80, 0x80, 0x80, 0x01 }, 0x95)]
    [InlineData(new byte[] { 0x10, 0x00 }, 0x81)]
    [InlineData(new byte[] { 0xF0, 0x00 }, 0x82)]
    public async Task An_MQTT_5_client_receives_the_reason_code_of_its_protocol_violation(byte[] bytes, byte code)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump", level: 5);
        // Unread bytes at the time of the error must not reset the socket before the client reads the answer.
        await client.SendAsync([.. bytes, .. new byte[10_000]]);

        (await client.ReadPacketAsync())!.Take(3).ShouldBe([0xE0, 0x02, code]);
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ClientError);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_connection_whose_client_id_is_taken_over_is_reported_as_duplicate(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var older = await gateway.ConnectAsync("pump", version);
        var newer = await gateway.ConnectAsync("pump", version);
        await older.UntilEnded();
        if (version == MqttProtocolVersion.V500)
            older.Ended!.Reason.ShouldBe(MqttClientDisconnectReason.SessionTakenOver);

        var disconnect = await gateway.Sink.DisconnectOf("pump");
        disconnect.Reason.ShouldBe(DisconnectReason.DuplicateClientId);
        var first = await gateway.Sink.ConnectOf("pump");
        var second = await gateway.Sink.ConnectOf("pump", 1);
        disconnect.Connection.ShouldBe(first.Connection);
        disconnect.OccurredAt.ShouldBeLessThanOrEqualTo(second.OccurredAt);
        second.Connection.VersionNumber.ShouldBeGreaterThan(first.Connection.VersionNumber);
        second.Connection.SessionIdentifier.ShouldNotBe(first.Connection.SessionIdentifier);
        // The successor's connect is reported first, so that the client never appears offline in between.
        gateway.Sink.Of("pump").ShouldBe([first, second, disconnect]);
        (await newer.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public async Task A_connection_that_the_server_abandons_is_reported_as_server_error()
    {
        var logger = new RecordingLogger();
        var options = new GatewayOptions { Port = 0 };
        var events = new EventQueue(10, logger);
        var reserved = new ReservedTopics();
        using var measured = new Measurements();
        var metrics = new GatewayMetrics(measured);
        var admission = new ConnectAdmission(
            new TestAccess(), new FailedConnects(reserved, metrics, TimeProvider.System), metrics, logger);
        var context = new DeviceConnectionContext(
            options, new ConnectionLimiter(options), new ActiveConnections(), events, new VersionNumbers(),
            new RoutingBounds(options, logger), reserved, admission, metrics,
            new FreezeDetector(TimeProvider.System, TimeProvider.System), TimeProvider.System, logger);
        using var listener = new DeviceListener(context, logger);
        listener.ClientHandler = async channel =>
        {
            await channel.ReceivePacketAsync(CancellationToken.None);
            await channel.SendPacketAsync(new MqttConnAckPacket(), CancellationToken.None);
            throw new InvalidOperationException();
        };
        var endpoint = listener.Listen(new EndpointOptions(IPAddress.Parse(options.Address), options.Port));
        await listener.StartAsync(new MqttServerOptions(), MqttNetNullLogger.Instance);
        using var client = await RawClient.OpenAsync(endpoint.Port);
        await client.ConnectAsync("pump", level: 5);
        (await client.ReadPacketAsync()).ShouldBe([0xE0, 0x02, 0x80, 0x00]);
        await listener.StopAsync();

        var reported = await events.DrainAsync();
        reported[0].Event.ShouldBeOfType<ThingConnected>();
        reported[1].Event.ShouldBeOfType<ThingDisconnected>().Reason.ShouldBe(DisconnectReason.ServerError);
    }

    [Fact]
    public async Task A_half_closed_connection_is_reported_as_connection_lost()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump");
        client.CloseHalf();
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ConnectionLost);
        (await client.ReadPacketAsync()).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Stopping_the_gateway_is_reported_as_server_initiated(MqttProtocolVersion version)
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        var device = await gateway.ConnectAsync("pump", version);
        await gateway.StopAsync();

        gateway.Sink.Of("pump").Count.ShouldBe(2);
        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.ServerInitiatedDisconnect);
        await device.UntilEnded();
        if (version == MqttProtocolVersion.V500)
            device.Ended!.Reason.ShouldBe(MqttClientDisconnectReason.ServerShuttingDown);
    }
}
