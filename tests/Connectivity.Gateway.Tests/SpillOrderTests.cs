using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

/// <summary>The order in which events come back from disk, and which of them survive a host.</summary>
public sealed class SpillOrderTests : SpillTest
{
    [Fact]
    public async Task Events_on_disk_are_delivered_first_and_all_in_order()
    {
        var queue = Queue();
        Add(queue, 0, 700);
        (await queue.NextAsync(Ct)).Count.ShouldBe(500);
        queue.Spill();
        Add(queue, 700, 1300);
        queue.InMemory.ShouldBe(600);
        queue.Spill();
        queue.InMemory.ShouldBe(0);
        Add(queue, 1300, 1400);
        (await DrainNumbersAsync(queue)).ShouldBe(Enumerable.Range(0, 1400));
        queue.BytesOnDisk.ShouldBe(0);
        Files().ShouldBeEmpty();
        queue.Lost.ShouldBe(0);
    }

    [Fact]
    public async Task An_event_in_flight_that_is_written_to_disk_is_delivered_once()
    {
        var queue = Queue();
        Add(queue, 0, 10);
        var batch = await queue.NextAsync(Ct);
        Add(queue, 10, 20);
        queue.Spill();
        queue.Spill();
        batch.Count.ShouldBe(10);
        queue.TryAcknowledge([]).ShouldBeTrue();
        (await DrainNumbersAsync(queue)).ShouldBe(Enumerable.Range(10, 10));
    }

    [Fact]
    public async Task An_event_is_read_back_from_disk_unchanged()
    {
        var connect = new ThingConnected(
            "pump \"3\"\u2028\n ☃", new ConnectionKey("gateway", "session-1", long.MaxValue),
            DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123), "principal",
            new SessionDetails(60, true, uint.MaxValue),
            new SocketInformation("192.0.2.7", 50123, "2001:db8::1", 8883, "vpce-1"));
        var disconnect = new ThingDisconnected(
            "pump", new ConnectionKey("gateway", "session-2", 0), DateTimeOffset.FromUnixTimeMilliseconds(0), null,
            SessionDetails.None, SocketInformation.None, DisconnectReason.ConnectionLost, false);
        var queue = Queue();
        queue.Add(connect, Backdating.Disallowed);
        queue.Add(disconnect, Backdating.Disallowed);
        queue.Add(connect, Backdating.Allowed);
        queue.Spill();
        (await queue.DrainAsync()).Select(pending => (pending.Event, pending.Backdating)).ShouldBe(
            [(connect, Backdating.Disallowed), (disconnect, Backdating.Disallowed), (connect, Backdating.Allowed)]);
    }

    [Fact]
    public async Task The_next_host_delivers_the_events_of_a_killed_host_before_its_own()
    {
        var killed = Queue();
        Add(killed, 0, 1200);
        killed.Spill();
        Kill();

        var next = Queue();
        Add(next, 1200, 1300);
        (await DrainNumbersAsync(next)).ShouldBe(Enumerable.Range(0, 1300));
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reannounced_connect_of_a_previous_host_may_not_be_backdated()
    {
        var killed = Queue();
        killed.Add(Connect(1), Backdating.Allowed);
        killed.Add(Connect(2), Backdating.Disallowed);
        killed.Spill();
        Kill();
        (await Queue().DrainAsync()).ShouldAllBe(pending => pending.Backdating == Backdating.Disallowed);
    }

    [Fact]
    public async Task Two_hosts_use_separate_folders_and_a_later_host_takes_over_what_they_leave()
    {
        var (one, other) = (Queue(), Queue());
        Add(one, 0, 5);
        one.Spill();
        Add(other, 5, 9);
        other.Spill();
        Directory.GetDirectories(Spill).Length.ShouldBe(2);
        (await DrainNumbersAsync(other)).ShouldBe(Enumerable.Range(5, 4));
        one.End();
        (await DrainNumbersAsync(Queue())).ShouldBe(Enumerable.Range(0, 5));
    }

    [Fact]
    public async Task Ending_the_queue_writes_the_events_in_memory_to_disk()
    {
        var queue = Queue();
        Add(queue, 0, 700);
        (await queue.NextAsync(Ct)).Count.ShouldBe(500);
        queue.End();
        queue.Lost.ShouldBe(0);
        (await DrainNumbersAsync(Queue())).ShouldBe(Enumerable.Range(0, 700));
    }
}
