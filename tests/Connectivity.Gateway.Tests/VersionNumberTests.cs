using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Tests.Fixtures;
using CsCheck;
using MQTTnet.Formatter;

namespace Connectivity.Gateway.Tests;

public sealed class VersionNumberTests
{
    [Fact]
    public void A_number_is_the_time_or_the_clients_last_number_plus_one()
    {
        var numbers = new VersionNumbers();
        numbers.Next("a", 1000).ShouldBe(1000);
        numbers.Next("a", 1000).ShouldBe(1001);
        numbers.Next("b", 1000).ShouldBe(1000);
        numbers.Next("a", 400).ShouldBe(1002);
        numbers.Next("a", 2000).ShouldBe(2000);
    }

    [Fact]
    public void The_number_of_an_evicted_client_rises_too()
    {
        var numbers = new VersionNumbers(capacity: 2);
        numbers.Next("a", 5000).ShouldBe(5000);
        numbers.Next("b", 5000).ShouldBe(5000);
        numbers.Next("b", 5000).ShouldBe(5001);
        numbers.Next("c", 6000).ShouldBe(6000);
        numbers.Next("a", 100).ShouldBeGreaterThan(5000);
        numbers.Next("b", 7000).ShouldBe(7000);
    }

    [Fact]
    public void The_greatest_number_is_followed_by_itself_and_affects_no_other_client()
    {
        var numbers = new VersionNumbers(capacity: 2);
        numbers.Next("a", 1000, long.MaxValue).ShouldBe(long.MaxValue);
        numbers.Next("a", 1001).ShouldBe(long.MaxValue);
        numbers.Next("b", 1002).ShouldBe(1002);
        numbers.Next("c", 1003).ShouldBe(1003);
        numbers.Next("d", 1004).ShouldBe(1004);
        numbers.Next("b", 1005, long.MaxValue - 1).ShouldBe(long.MaxValue);
    }

    /// <summary>
    /// Of few clients with little memory, while the clock jumps and numbers from outside are far ahead: what the
    /// database knows of a client is passed in, as the host does.
    /// </summary>
    [Fact]
    public void The_numbers_of_a_client_rise_whatever_is_evicted_and_those_of_others_do_not_jump() =>
        Gen.Select(
            Gen.Int[0, 9], Gen.Long[-50, 100],
            Gen.Frequency((8, Gen.Const(0L)), (1, Gen.Long[0, 20_000]), (1, Gen.Long[long.MaxValue - 3, long.MaxValue])))
            .Array[1, 100].Sample(steps =>
            {
                const int Start = 10_000;
                var numbers = new VersionNumbers(capacity: 3);
                var (last, stored, latest, now) = (new long[10], new long[10], (long)Start, (long)Start);
                foreach (var (client, passed, outside) in steps)
                {
                    now += passed;
                    latest = Math.Max(latest, now);
                    // Once the database knows a number from outside, it knows those that follow.
                    if (outside > 0 || stored[client] > 0)
                        stored[client] = Math.Max(last[client], Math.Max(stored[client], outside));
                    var next = numbers.Next($"{client}", now, stored[client]);
                    (next > last[client] || next == long.MaxValue).ShouldBeTrue();
                    if (stored[client] == 0) next.ShouldBeLessThanOrEqualTo(latest + 100 * 2);
                    last[client] = next;
                }
            });

    [Fact]
    public void A_number_is_above_the_last_one_on_any_host() =>
        new VersionNumbers().Next("a", 1000, 5000).ShouldBe(5001);

    [Fact]
    public async Task Numbers_rise_while_the_clock_goes_back_and_no_connection_ends_before_it_began()
    {
        var clock = new ManualClock();
        await using var gateway = await Fixtures.Gateway.StartAsync(clock: clock);
        for (var i = 0; i < 5; i++)
        {
            var device = await gateway.ConnectAsync("pump", MqttProtocolVersion.V500);
            clock.SetBack(TimeSpan.FromMinutes(1));
            await device.DisconnectAsync();
            await gateway.Sink.DisconnectOf("pump", i);
        }

        var events = gateway.Sink.Of("pump");
        var numbers = events.Select(one => one.Connection.VersionNumber).Distinct().ToList();
        numbers.Count.ShouldBe(5);
        numbers.ShouldBe(numbers.Order());
        foreach (var connection in events.GroupBy(one => one.Connection))
            connection.Last().OccurredAt.ShouldBeGreaterThanOrEqualTo(connection.First().OccurredAt);
    }
}
