using System.Diagnostics;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

/// <summary>What the connections of one address can occupy before their devices are authenticated.</summary>
public sealed class UnauthenticatedConnectionTests
{
    private const string Neighbour = "127.0.0.2";

    [Fact]
    public async Task Silent_connections_of_one_address_do_not_delay_a_device_of_another()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumUnauthenticatedConnections = 4 });
        for (var i = 0; i < 20; i++) await gateway.OpenAsync(Neighbour);
        using var device = await gateway.OpenAsync();
        await device.ConnectAsync("pump");
        gateway.Measured.Of("refused_sockets").ShouldBe(0);
    }

    [Fact]
    public async Task Silent_connections_do_not_count_against_the_connections_of_devices()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumConnections = 1 });
        for (var i = 0; i < 5; i++) await gateway.OpenAsync(Neighbour);
        using var device = await gateway.OpenAsync();
        await device.ConnectAsync("pump");
    }

    [Fact]
    public async Task A_newcomer_displaces_the_longest_silent_connection_of_its_address()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumUnauthenticatedConnections = 3 });
        using var other = await gateway.OpenAsync(Neighbour);
        using var longest = await gateway.OpenAsync();
        using var silent = await gateway.OpenAsync();
        using var newcomer = await gateway.OpenAsync();

        (await longest.ReadPacketAsync()).ShouldBeNull();
        await gateway.Sink.Until(() => gateway.Measured.Of("connections") == 3);
        gateway.Measured.Of("refused_connects", "displaced").ShouldBe(1);
        foreach (var (client, id) in new[] { (other, "other"), (silent, "silent"), (newcomer, "newcomer") })
            await client.ConnectAsync(id);
    }

    [Fact]
    public async Task A_device_that_waits_for_its_decision_is_not_displaced_by_its_address()
    {
        var decision = new TaskCompletionSource<DeviceAdmission>();
        var access = new TestAccess { Decide = (_, _) => decision.Task };
        await using var gateway = await Fixtures.Gateway.StartAsync(
            new GatewayOptions { MaximumUnauthenticatedConnections = 2 }, access: access);
        using var first = await WaitingAsync("first");
        using var second = await WaitingAsync("second");
        using var third = await gateway.OpenAsync();

        (await third.ReadPacketAsync()).ShouldBeNull();
        gateway.Measured.Of("refused_sockets").ShouldBe(1);
        decision.SetResult(TestAccess.Admit(new TestIdentity()));
        (await first.ReadPacketAsync())![3].ShouldBe((byte)0);
        (await second.ReadPacketAsync())![3].ShouldBe((byte)0);

        async Task<RawClient> WaitingAsync(string clientId)
        {
            var client = await gateway.OpenAsync();
            await client.SendAsync(RawClient.Connect(clientId));
            await gateway.Sink.Until(() => access.Claims.Any(claim => claim.ClientId == clientId));
            return client;
        }
    }

    [Fact]
    public async Task Devices_above_the_rate_of_their_address_wait_and_delay_no_other_address()
    {
        await using var gateway = await Fixtures.Gateway.StartAsync(new GatewayOptions { MaximumAcceptsPerSecond = 5 });
        var started = Stopwatch.GetTimestamp();
        var all = Task.WhenAll(Enumerable.Range(0, 15).Select(async i =>
        {
            using var client = await RawClient.OpenAsync(gateway.Port, Neighbour);
            await client.ConnectAsync($"neighbour-{i}");
        }));
        await gateway.Sink.Until(() => gateway.Measured.Of("connections") >= 8);
        using var device = await gateway.OpenAsync();
        await device.ConnectAsync("pump");
        all.IsCompleted.ShouldBeFalse();
        await all;
        Stopwatch.GetElapsedTime(started).ShouldBeGreaterThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_connection_without_a_CONNECT_in_time_frees_its_place()
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        using var silent = await gateway.OpenAsync();
        await gateway.Sink.Until(() => gateway.Measured.Of("connections") == 1);
        while (gateway.Measured.Of("connections") > 0)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        (await silent.ReadPacketAsync()).ShouldBeNull();
        gateway.Measured.Of("refused_connects", "timeout").ShouldBe(1);
    }
}
