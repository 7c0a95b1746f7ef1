using System.Net.Sockets;
using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Tests.Fixtures;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class ManyClientsTests
{
    [Fact]
    public async Task A_thousand_concurrent_clients_have_one_connect_and_one_disconnect_each()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            using var client = await gateway.OpenAsync();
            await client.ConnectAsync($"pump-{i}", level: (byte)(4 + i % 2));
            if (i % 3 == 0) await client.SendAsync(0xE0, 0x00);
            if (i % 3 == 1) await client.SendAsync(0xFF, 0x00);
        }));
        await gateway.Sink.Until(() => gateway.Sink.Taken.Count >= 2000);

        gateway.Sink.Taken.Count.ShouldBe(2000);
        foreach (var pair in gateway.Sink.Taken.Select(taken => taken.Event).GroupBy(one => one.ClientId))
        {
            pair.Select(one => one is ThingConnected).ShouldBe([true, false]);
            pair.First().Connection.ShouldBe(pair.Last().Connection);
            var expected = (int.Parse(pair.Key["pump-".Length..]) % 3) switch
            {
                0 => DisconnectReason.ClientInitiatedDisconnect,
                1 => DisconnectReason.ClientError,
                _ => DisconnectReason.ConnectionLost,
            };
            ((ThingDisconnected)pair.Last()).Reason.ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Clients_that_compete_for_one_id_have_one_connect_and_then_one_disconnect_each()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var client = await gateway.OpenAsync();
            await client.SendAsync(RawClient.Connect("pump", level: (byte)(4 + i % 2)));
            // Some leave during the takeover, some are served until the takeover.
            if (i % 5 == 0) return;
            await client.ReadPacketAsync();
            try
            {
                if (i % 5 == 1) await client.SendAsync(0xE0, 0x00);
            }
            catch (SocketException)
            {
                // Taken over in the meantime.
            }
        }));
        var last = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
        (await last.PublishAsync("still/here")).IsSuccess.ShouldBeTrue();
        await gateway.StopAsync();

        var events = gateway.Sink.Of("pump").ToList();
        events.Count.ShouldBeGreaterThan(2);
        (events.Count % 2).ShouldBe(0);
        var connects = events.OfType<ThingConnected>().ToList();
        connects.Select(connect => connect.Connection.VersionNumber).ShouldBeInOrder();
        foreach (var connect in connects)
        {
            var disconnect = events.OfType<ThingDisconnected>().Where(one => one.Connection == connect.Connection)
                .ShouldHaveSingleItem();
            events.IndexOf(disconnect).ShouldBeGreaterThan(events.IndexOf(connect));
        }

        ((ThingDisconnected)events[^1]).Reason.ShouldBe(DisconnectReason.ServerInitiatedDisconnect);
    }

    [Fact]
    public async Task A_client_that_reconnects_immediately_stays_connected()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync();
        for (var i = 0; i < 100; i++)
        {
            var lost = await gateway.OpenAsync();
            await lost.ConnectAsync("pump");
            var returned = await gateway.OpenAsync();
            var returning = returned.ConnectAsync("pump");
            lost.Dispose();
            await returning;
            await returned.SendAsync(RawClient.Packet(0x82, [0, 1, .. RawClient.String("plant"), 0]));
            (await returned.ReadPacketAsync())![0].ShouldBe((byte)0x90);
            await returned.SendAsync(RawClient.Packet(0x30, RawClient.String("plant")));
            (await returned.ReadPacketAsync())![0].ShouldBe((byte)0x30);
        }
    }

    [Fact]
    public async Task A_client_that_sends_and_never_reads_is_throttled_and_finally_timed_out()
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        using var client = await gateway.OpenAsync();
        await client.ConnectAsync("pump");
        var pings = new byte[200_000];
        for (var i = 0; i < pings.Length; i += 2) pings[i] = 0xC0;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var flooding = Flood();
        while (gateway.Sink.Of("pump").Count < 2)
        {
            clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        (await gateway.Sink.DisconnectOf("pump")).Reason.ShouldBe(DisconnectReason.MqttKeepAliveTimeout);
        await flooding;

        async Task Flood()
        {
            try
            {
                while (true) await client.SendAsync(pings);
            }
            catch (SocketException)
            {
                // Closed by the gateway.
            }
        }
    }
}
