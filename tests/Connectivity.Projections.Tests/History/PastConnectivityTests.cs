using Connectivity.Domain.History;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Tests.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.History;

/// <summary>The connectivity of things at a time in the past, by both times.</summary>
public sealed class PastConnectivityTests(SharedDatabase shared) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => shared.Host;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_true_at_a_time_is_the_fold_of_what_had_occurred_however_late_it_arrived()
    {
        var account = await shared.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        var start = (await Host.NowAsync()).AddDays(-1);
        LifecycleEvent[] events =
        [
            Connected("lamp", start, version: 1),
            Disconnected("lamp", start.AddMinutes(5), version: 1),
            Connected("lamp", start.AddMinutes(6), version: 2),
            Disconnected("lamp", start.AddMinutes(9), version: 2),
            Connected("lamp", start.AddMinutes(10), version: 3),
        ];
        await Host.ImportAsync(account, [.. events.Reverse()]);
        var present = (await Host.AskAsync(account, "lamp")).Record.ShouldNotBeNull();

        for (var minute = -1; minute <= 11; minute++)
        {
            var at = start.AddMinutes(minute);
            (await Host.Past.TrueAtAsync(account, [present], at, Cancelled))
                .ShouldBe([Fold(thing.ThingId, events.Where(e => e.OccurredAt <= at))], $"at minute {minute}");
        }

        var justBefore = start.AddMinutes(5) - TimeSpan.FromMilliseconds(1);
        (await Host.Past.TrueAtAsync(account, [present], justBefore, Cancelled))[0].IsConnected.ShouldBeTrue();
        (await Host.Past.KnownAtAsync(account, [thing.ThingId], justBefore, Cancelled))[0].Latest.ShouldBeNull();
    }

    [Fact]
    public async Task What_was_known_at_a_time_is_the_record_of_that_time()
    {
        var account = await shared.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();
        var records = new List<(DateTimeOffset At, ConnectivityRecord Record)>();
        // More events of one connection than are read at once, a late one, and others.
        LifecycleEvent[] events =
        [
            Connected("lamp", now, version: 1),
            .. Enumerable.Range(0, 20).Select(i => Disconnected("lamp", now.AddMilliseconds(i), version: 1)),
            Connected("lamp", now, version: 3), Connected("lamp", now, version: 2),
            Disconnected("lamp", now, version: 3),
        ];
        foreach (var e in events)
        {
            await Host.AppendAsync(account, e);
            records.Add((
                await Host.ScalarAsync<DateTime>("select clock_timestamp()"),
                (await Host.AskAsync(account, "lamp")).Record!));
        }

        foreach (var (at, record) in records)
            (await Host.Past.KnownAtAsync(account, [thing.ThingId], at, Cancelled)).ShouldBe([record]);
    }

    [Fact]
    public async Task The_past_of_conforming_sources_is_the_true_one() =>
        await ManyDeliveries.Sequences.SampleAsync(
            async sample =>
            {
                var account = await shared.NewIndexedAccountAsync();
                await ManyDeliveries.StoreAsync(sample, account, Host, shared.OtherHost);
                foreach (var reports in sample.Sequence.GroupBy(report => report.Event.ClientId))
                {
                    var present = (await Host.AskAsync(account, reports.Key)).Record!;
                    var truth = TrueSessions(reports);
                    foreach (var time in truth.Values.SelectMany(session => new[]
                    {
                        session.Start, session.Start.AddMilliseconds(-1), session.End?.At ?? session.Start,
                    }))
                    {
                        var expected = truth.Where(session => session.Value.Start <= time)
                            .OrderBy(session => session.Key).Select(session => session.Value).LastOrDefault();
                        var record = (await Host.Past.TrueAtAsync(account, [present], time, Cancelled))[0];
                        (record.Latest?.Connection, ThingState.Of(record))
                            .ShouldBe((expected?.Connection, expected?.StateAt(time)), $"{reports.Key} at {time:O}");
                    }

                    var sessions = await Host.Sessions.PageAsync(
                        account, present, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, newestFirst: false, null,
                        1_000, Cancelled);
                    sessions.Select(session => session.Session)
                        .ShouldBe(truth.Values.Order(Timeline.ByStart), reports.Key);
                    sessions.Select(session => (session.Connect?.OccurredAt, session.Disconnect?.OccurredAt))
                        .ShouldBe(sessions.Select(session => (session.Session.ReportedConnect, session.Session.End?.At)));
                }
            },
            iter: 3, threads: 1, print: sample => TrueHistory.Print(sample.Sequence));

    private static Dictionary<int, Session> TrueSessions(IEnumerable<Report> reports) => reports
        .GroupBy(report => report.Ordinal)
        .ToDictionary(
            ofOne => ofOne.Key,
            ofOne => ofOne.Skip(1).Aggregate(
                Session.Of(ofOne.First().Event), (session, report) => session.With(report.Event)));
}
