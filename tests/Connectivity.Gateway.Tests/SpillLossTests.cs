using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Tests.Fixtures;
using Microsoft.Extensions.Logging;

namespace Connectivity.Gateway.Tests;

/// <summary>What is lost, and what is reported of it, when files or the disk fail.</summary>
public sealed class SpillLossTests : SpillTest
{
    [Fact]
    public async Task An_incomplete_last_line_is_dropped()
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
        Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unreadable_line_is_lost_alone_and_counted()
    {
        var killed = Queue();
        Add(killed, 0, 10);
        killed.Spill();
        Kill();
        var file = Files().ShouldHaveSingleItem();
        var lines = await File.ReadAllLinesAsync(file, Ct);
        lines[4] = "{\"age\":\"presentLife\"}";
        lines[5] = "\0\0\0\0";
        lines[6] = lines[6].Replace("\"connection\"", "\"other\"");
        lines[7] = lines[7].Replace("\"occurredAt\"", "\"other\"");
        await File.WriteAllTextAsync(file, string.Join('\n', lines) + "\n", Ct);

        var next = Queue();
        next.Complete();
        (await DrainNumbersAsync(next)).ShouldBe([0, 1, 2, 3, 8, 9]);
        next.Lost.ShouldBe(4);
        var kept = Directory.GetFiles(Spill, "rejected", SearchOption.AllDirectories).ShouldHaveSingleItem();
        (await File.ReadAllLinesAsync(kept, Ct)).ShouldBe(lines[4..8], "they are kept aside");
        Log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(600_000)]
    public async Task A_file_with_other_contents_is_skipped(int bytes)
    {
        Directory.CreateDirectory(Path.Combine(Spill, "1"));
        await File.WriteAllBytesAsync(
            Path.Combine(Spill, "1", "000000000007.jsonl"), [.. Enumerable.Repeat((byte)'x', bytes), (byte)'\n'], Ct);
        var queue = Queue();
        Add(queue, 0, 3);
        queue.Spill();
        (await DrainNumbersAsync(queue)).ShouldBe([0, 1, 2]);
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_full_spill_drops_the_oldest_events_and_logs_and_counts_them()
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
        Log.Lines.ShouldContain(line => line.Level == LogLevel.Critical);
    }

    [Fact]
    public async Task A_batch_in_flight_from_a_dropped_file_can_be_acknowledged()
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

        Numbers(await queue.NextAsync(Ct)).ShouldBe(first, "the batch is still retried");
        queue.TryAcknowledge([]).ShouldBeTrue();
        var left = await DrainNumbersAsync(queue);
        left.ShouldBe(Enumerable.Range(left[0], left.Count));
        left[0].ShouldBe((int)queue.Lost);
    }

    [Fact]
    public async Task Events_stay_in_memory_until_the_disk_can_be_written()
    {
        // Not even root can create a directory below a file.
        await File.WriteAllTextAsync(Spill, "", Ct);
        var queue = Queue(capacity: 100);
        Add(queue, 0, 60);
        (await queue.NextAsync(Ct)).Count.ShouldBe(60);
        Add(queue, 60, 200);
        queue.Spill();
        queue.Spill();
        queue.InMemory.ShouldBe(100);
        queue.Lost.ShouldBe(40);
        Log.Lines.Count(line => line.Level == LogLevel.Error).ShouldBe(1);

        File.Delete(Spill);
        queue.Spill();
        queue.InMemory.ShouldBe(0);
        (await DrainNumbersAsync(queue)).ShouldBe([.. Enumerable.Range(0, 60), .. Enumerable.Range(100, 100)]);
    }

    [Fact]
    public void Only_the_owner_can_read_the_events_on_disk()
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
}
