using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Connections;
using Connectivity.Gateway.Reporting;
using Connectivity.Gateway.Tests.Fixtures;

namespace Connectivity.Gateway.Tests;

public sealed class ConnectionReportsTests
{
    [Fact]
    public async Task However_many_ends_meet_there_is_one_disconnect_after_one_connect()
    {
        string[] reasons =
        [
            DisconnectReason.DuplicateClientId, DisconnectReason.MqttKeepAliveTimeout, DisconnectReason.ConnectionLost,
            DisconnectReason.ServerInitiatedDisconnect,
        ];
        for (var round = 0; round < 2000; round++)
        {
            var queue = new ReportQueue(100, new RecordingLogger());
            var reports = new ConnectionReports(queue, TimeProvider.System);
            var now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);
            var connect = new ThingConnected(
                "pump", new Connection("gateway", "s", 1), now, null, SessionDetails.None, SocketInformation.None);
            var opened = false;
            var ends = 0;
            List<Action> all =
            [
                () => opened = reports.TryOpen(connect),
                () => { _ = reports.RepeatConnect(); },
                .. reasons.Select<string, Action>(reason => () => { if (reports.TryEnd(reason)) Interlocked.Increment(ref ends); }),
            ];
            await Task.WhenAll(all.Select(one => Task.Run(one, TestContext.Current.CancellationToken)));

            ends.ShouldBe(1);
            List<Report> queued = [];
            while (queue.Reader.TryRead(out var report)) queued.Add(report);
            var live = queued.Where(report => report.Age == Age.PresentLife).Select(report => report.Event).ToList();
            if (opened)
            {
                live.Count.ShouldBe(2);
                live[0].ShouldBe(connect);
                live[1].ShouldBeOfType<ThingDisconnected>().Connection.ShouldBe(connect.Connection);
                queued[^1].Event.ShouldBe(live[1]);
            }
            else
            {
                queued.ShouldBeEmpty();
            }
        }
    }
}
