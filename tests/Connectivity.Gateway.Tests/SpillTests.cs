using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Tests;

/// <summary>What waits on disk: in which order it comes back, what of it survives, and what is lost.</summary>
public sealed class SpillTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("connectivity-test-").FullName;
    private readonly List<EventSpill> _open = [];
    private readonly RecordingLogger _log = new();

    private string Spill => Path.Combine(_directory, "spill");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task What_is_on_disk_comes_first_and_everything_in_its_order()
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
    public async Task What_is_under_way_when_it_goes_to_the_disk_is_not_handed_over_twice()
    {
        var queue = Queue();
        Add(queue, 0, 10);
        var batch = await queue.NextAsync(Ct);
        Add(queue, 10, 20);
        queue.Spill();
        queue.Spill();
        batch.Count.ShouldBe(10);
        queue.Acknowledge();
        (await DrainNumbersAsync(queue)).ShouldBe(Enumerable.Range(10, 10));
    }

    [Fact]
    public async Task Every_fact_of_an_event_comes_back_from_the_disk()
    {
        var connect = new ThingConnected(
            "pump \"3\"\u2028\n ☃", new ConnectionKey("gateway", "session-1", long.MaxValue), DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_123),
            "principal", new SessionDetails(60, true, uint.MaxValue), new SocketInformation("192.0.2.7", 50123, "2001:db8::1", 8883, "vpce-1"));
        var disconnect = new ThingDisconnected(
            "pump", new ConnectionKey("gateway", "session-2", 0), DateTimeOffset.FromUnixTimeMilliseconds(0), null, SessionDetails.None, SocketInformation.None,
            DisconnectReason.ConnectionLost, false);
        var queue = Queue();
        queue.Add(connect, Backdating.Disallowed);
        queue.Add(disconnect, Backdating.Disallowed);
        queue.Add(connect, Backdating.Allowed);
        queue.Spill();
        (await queue.DrainAsync()).Select(report => (report.Event, report.Backdating)).ShouldBe(
            [(connect, Backdating.Disallowed), (disconnect, Backdating.Disallowed), (connect, Backdating.Allowed)]);
    }

    [Fact]
    public async Task A_host_that_is_killed_leaves_what_is_on_disk_to_the_next_whose_own_events_come_after()
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
    public async Task A_last_line_that_was_not_written_to_its_end_is_dropped()
    {
        var killed = Queue();
        Add(killed, 0, 10);
        killed.Spill();
        Kill();
        var file = Files().ShouldHaveSingleItem();
        var written = await File.ReadAllBytesAsync(file, Ct);
        await File.WriteAllBytesAsync(file, written[..^30], Ct);

        var next = Queue();
        Add(next, 10, 12);
        (await DrainNumbersAsync(next)).ShouldBe([.. Enumerable.Range(0, 9), 10, 11]);
        _log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_line_that_can_not_be_read_is_lost_alone_and_counted()
    {
        var killed = Queue();
        Add(killed, 0, 10);
        killed.Spill();
        Kill();
        var file = Files().ShouldHaveSingleItem();
        var lines = await File.ReadAllLinesAsync(file, Ct);
        lines[4] = "{\"age\":\"presentLife\"}";
        lines[5] = "\0\0\0\0";
        await File.WriteAllTextAsync(file, string.Join('\n', lines) + "\n", Ct);

        var next = Queue();
        next.Complete();
        (await DrainNumbersAsync(next)).ShouldBe([0, 1, 2, 3, 6, 7, 8, 9]);
        next.Lost.ShouldBe(2);
        _log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(600_000)]
    public async Task A_file_of_anything_else_is_passed(int bytes)
    {
        Directory.CreateDirectory(Path.Combine(Spill, "1"));
        await File.WriteAllBytesAsync(Path.Combine(Spill, "1", "000000000007.jsonl"), [.. Enumerable.Repeat((byte)'x', bytes), (byte)'\n'], Ct);
        var queue = Queue();
        Add(queue, 0, 3);
        queue.Spill();
        (await DrainNumbersAsync(queue)).ShouldBe([0, 1, 2]);
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_host_before_reported_again_is_judged_by_the_present_life()
    {
        var killed = Queue();
        killed.Add(Connect(1), Backdating.Allowed);
        killed.Add(Connect(2), Backdating.Disallowed);
        killed.Spill();
        Kill();
        (await Queue().DrainAsync()).ShouldAllBe(report => report.Backdating == Backdating.Disallowed);
    }

    [Fact]
    public async Task When_the_disk_may_hold_no_more_the_oldest_events_are_lost_loudly_and_counted()
    {
        var queue = Queue();
        var length = SpilledEvent.ToLines([new PendingEvent(Connect(1), Backdating.Disallowed)]).Length;
        var most = (int)(3 * Megabyte / length);
        for (var first = 0; first < most; first += 500)
        {
            Add(queue, first, first + 500);
            queue.Spill();
            queue.BytesOnDisk.ShouldBeLessThanOrEqualTo(Megabyte);
        }

        var lost = (int)queue.Lost;
        lost.ShouldBeInRange(most / 3, most);
        var left = await DrainNumbersAsync(queue);
        left.ShouldBe(Enumerable.Range(lost, left.Count));
        left[^1].ShouldBeGreaterThanOrEqualTo(most - 1);
        left.Count.ShouldBeGreaterThan(most / 5);
        _log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task A_batch_that_is_under_way_from_a_file_that_is_given_up_ends_well()
    {
        var queue = Queue();
        Add(queue, 0, 500);
        queue.Spill();
        var first = Numbers(await queue.NextAsync(Ct));
        for (var number = 500; queue.Lost == 0; number += 500)
        {
            Add(queue, number, number + 500);
            queue.Spill();
        }

        Numbers(await queue.NextAsync(Ct)).ShouldBe(first, "it is tried again all the same");
        queue.Acknowledge();
        var left = await DrainNumbersAsync(queue);
        left.ShouldBe(Enumerable.Range(left[0], left.Count));
        left[0].ShouldBe((int)queue.Lost);
    }

    [Fact]
    public async Task A_disk_that_can_not_be_written_leaves_everything_in_memory_says_so_and_is_tried_again()
    {
        // Not even root can make a directory below a file.
        await File.WriteAllTextAsync(Spill, "", Ct);
        var queue = Queue(capacity: 100);
        Add(queue, 0, 60);
        (await queue.NextAsync(Ct)).Count.ShouldBe(60);
        Add(queue, 60, 200);
        queue.Spill();
        queue.Spill();
        queue.InMemory.ShouldBe(100);
        queue.Lost.ShouldBe(40);
        _log.Lines.Count(line => line.Level == LogLevel.Error).ShouldBe(1);

        File.Delete(Spill);
        queue.Spill();
        queue.InMemory.ShouldBe(0);
        (await DrainNumbersAsync(queue)).ShouldBe([.. Enumerable.Range(0, 60), .. Enumerable.Range(100, 100)]);
    }

    [Fact]
    public async Task Two_hosts_on_a_directory_do_not_meet_and_one_that_starts_later_takes_over_what_is_left()
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
    public void Nobody_else_may_read_what_is_on_disk()
    {
        if (OperatingSystem.IsWindows()) return;
        var queue = Queue();
        Add(queue, 0, 1);
        queue.Spill();
        const UnixFileMode own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        File.GetUnixFileMode(Files().ShouldHaveSingleItem()).ShouldBe(own);
        File.GetUnixFileMode(Spill).ShouldBe(own | UnixFileMode.UserExecute);
        File.GetUnixFileMode(Path.Combine(Spill, "1")).ShouldBe(own | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Giving_up_puts_on_disk_what_was_in_memory()
    {
        var queue = Queue();
        Add(queue, 0, 700);
        (await queue.NextAsync(Ct)).Count.ShouldBe(500);
        queue.End();
        queue.Lost.ShouldBe(0);
        (await DrainNumbersAsync(Queue())).ShouldBe(Enumerable.Range(0, 700));
    }

    private EventQueue Queue(int capacity = 100_000) => new(capacity, _log, () =>
    {
        var spill = EventSpill.Open(Spill, Megabyte);
        _open.Add(spill);
        return spill;
    });

    /// <summary>As the system closes what a killed process had open.</summary>
    private void Kill()
    {
        foreach (var spill in _open) spill.Dispose();
    }

    private string[] Files() => Directory.GetFiles(Spill, "*.jsonl", SearchOption.AllDirectories);

    private static void Add(EventQueue queue, int from, int to)
    {
        for (var number = from; number < to; number++) queue.Add(Connect(number), Backdating.Disallowed);
    }

    private static async Task<List<int>> DrainNumbersAsync(EventQueue queue)
    {
        var numbers = Numbers(await queue.DrainAsync());
        queue.End();
        return numbers;
    }

    private static List<int> Numbers(IReadOnlyList<PendingEvent> reports) => [.. reports.Select(report => (int)report.Event.Connection.VersionNumber)];

    private static ThingConnected Connect(long number) => new(
        "pump", new ConnectionKey("gateway", "session", number), DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000), null,
        new SessionDetails(60, true, 0), new SocketInformation("192.0.2.7", 50123, "198.51.100.9", 8883, null));
}
