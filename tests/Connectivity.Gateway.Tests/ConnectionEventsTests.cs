using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

public sealed class ConnectionEventsTests
{
    [Fact]
    public async Task Concurrent_ends_yield_one_disconnect_after_one_connect()
    {
        string[] reasons =
        [
            DisconnectReason.DuplicateClientId, DisconnectReason.MqttKeepAliveTimeout, DisconnectReason.ConnectionLost,
            DisconnectReason.ServerInitiatedDisconnect,
        ];
        for (var round = 0; round < 2000; round++)
        {
            var queue = new EventQueue(100, new RecordingLogger());
            var events = new ConnectionEvents(queue, TimeProvider.System);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);
            var connect = new ThingConnected(
                "pump", new ConnectionKey("gateway", "s", 1), now, null, SessionDetails.None, SocketInformation.None);
            var opened = false;
            var ends = 0;
            List<Action> all =
            [
                () => opened = events.TryOpen(connect),
                () => { _ = events.ReannounceConnect(); },
                .. reasons.Select<string, Action>(reason => () =>
                {
                    if (events.TryEnd(reason)) Interlocked.Increment(ref ends);
                }),
            ];
            await Task.WhenAll(all.Select(one => Task.Run(one, TestContext.Current.CancellationToken)));

            ends.ShouldBe(1);
            var queued = await queue.DrainAsync();
            var first = queued.Where(pending => pending.Backdating == Backdating.Disallowed)
                .Select(pending => pending.Event).ToList();
            if (opened)
            {
                first.Count.ShouldBe(2);
                first[0].ShouldBe(connect);
                first[1].ShouldBeOfType<ThingDisconnected>().Connection.ShouldBe(connect.Connection);
                queued[^1].Event.ShouldBe(first[1]);
            }
            else
            {
                queued.ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public async Task A_connect_that_opens_after_it_was_to_be_announced_again_is_also_reported_with_any_age()
    {
        var queue = new EventQueue(100, new RecordingLogger());
        var events = new ConnectionEvents(queue, TimeProvider.System);

        events.ReannounceConnect().IsCompleted.ShouldBeTrue("nothing is open yet");
        events.TryOpen(Connect(1)).ShouldBeTrue();

        (await queue.DrainAsync()).Select(pending => pending.Backdating)
            .ShouldBe([Backdating.Disallowed, Backdating.Allowed]);
    }

    [Fact]
    public async Task Every_end_bears_the_time_of_its_connect_and_one_found_after_a_freeze_is_inferred()
    {
        var queue = new EventQueue(100, new RecordingLogger());
        var (seen, found) = (new ConnectionEvents(queue, TimeProvider.System), new ConnectionEvents(queue, TimeProvider.System));
        seen.TryOpen(Connect(1));
        found.TryOpen(Connect(2));
        var lastAlive = Connect(2).OccurredAt.AddSeconds(7);

        seen.TryEnd(DisconnectReason.ConnectionLost).ShouldBeTrue();
        found.TryEnd(DisconnectReason.ConnectionLost, lastAlive).ShouldBeTrue();

        var ends = (await queue.DrainAsync()).Select(pending => pending.Event).OfType<ThingDisconnected>().ToList();
        ends.Select(end => end.ConnectedAt).ShouldBe([Connect(1).OccurredAt, Connect(2).OccurredAt]);
        (ends[0].Inferred, ends[0].Reason).ShouldBe((false, DisconnectReason.ConnectionLost));
        (ends[1].Inferred, ends[1].Reason, ends[1].OccurredAt).ShouldBe((true, DisconnectReason.ServerError, lastAlive));
    }

    [Fact]
    public async Task A_superseded_connection_is_reported_as_ended_after_the_connect_of_its_successor()
    {
        var (queue, older, newer) = Takeover();
        newer.TryOpen(Connect(2)).ShouldBeTrue();
        (await Queued(queue)).ShouldBe([("connected", 1), ("connected", 2), ("disconnected", 1)]);
        older.Ended.ShouldBeTrue();
    }

    [Fact]
    public async Task A_successor_that_is_never_accepted_reports_the_superseded_disconnect_when_it_ends()
    {
        var (queue, _, newer) = Takeover();
        newer.TryEnd(DisconnectReason.ConnectionLost).ShouldBeTrue();
        (await Queued(queue)).ShouldBe([("connected", 1), ("disconnected", 1)]);
    }

    [Fact]
    public async Task A_chain_of_successors_shows_no_gap_if_only_the_last_is_accepted()
    {
        var (queue, _, middle) = Takeover();
        var last = new ConnectionEvents(queue, TimeProvider.System);
        middle.TryEnd(DisconnectReason.DuplicateClientId, successor: last).ShouldBeTrue();
        last.TryOpen(Connect(3)).ShouldBeTrue();
        (await Queued(queue)).ShouldBe([("connected", 1), ("connected", 3), ("disconnected", 1)]);
    }

    private static (EventQueue Queue, ConnectionEvents Older, ConnectionEvents Newer) Takeover()
    {
        var queue = new EventQueue(100, new RecordingLogger());
        var older = new ConnectionEvents(queue, TimeProvider.System);
        var newer = new ConnectionEvents(queue, TimeProvider.System);
        older.TryOpen(Connect(1)).ShouldBeTrue();
        older.TryEnd(DisconnectReason.DuplicateClientId, successor: newer).ShouldBeTrue();
        return (queue, older, newer);
    }

    private static ThingConnected Connect(long number) => new(
        "pump", new ConnectionKey("gateway", $"s{number}", number),
        DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000), null, SessionDetails.None, SocketInformation.None);

    private static async Task<List<(string Kind, long Number)>> Queued(EventQueue queue) =>
        (await queue.DrainAsync()).ConvertAll(
            pending => (EventKind.Of(pending.Event), pending.Event.Connection.VersionNumber));
}
