using System.Diagnostics;
using Connectivity.Chaos.Tests.Gateways;
using Connectivity.Chaos.Tests.Judging;
using Connectivity.Chaos.Tests.Processes;
using Connectivity.Chaos.Tests.Reporting;
using Connectivity.Chaos.Tests.Traffic;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Chaos.Tests;

/// <summary>The procedures of docs/operations.md for backups.</summary>
public sealed class BackupTests(ChaosDatabase server, ChaosReport report)
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_restore_to_a_point_in_time_gives_back_that_past_and_a_replay_stores_each_lost_event_once()
    {
        await using var archiving = await ArchivingPostgres.StartAsync();
        await using var scenario = await FaultScenario.BeginAsync(
            "restored to a point in time, and replayed", server, report);
        scenario.MoveTo(archiving.ConnectionString);
        var host = await scenario.HostAsync(null, ChaosHost.OpenToDevices);
        await scenario.RunAsync(inShort: 1, inLong: 5, round => PlayAsync(scenario, round, host, async () =>
        {
            var backup = await archiving.BackUpAsync();
            await MoreAsync(round);
            var (moment, time) = await archiving.NowAsync();
            return (moment, () => archiving.RestoreAsync(backup, time));
        }));
    }

    [Fact]
    public async Task A_restore_from_a_dump_gives_back_the_past_of_one_moment_and_a_replay_stores_each_lost_event_once()
    {
        using var backups = await BackupDirectory.MakeAsync();
        await using var scenario = await FaultScenario.BeginAsync(
            "restored from a dump, and replayed", server, report);
        var host = await scenario.HostAsync(null, ChaosHost.OpenToDevices);
        await scenario.RunAsync(inShort: 1, inLong: 5, round => PlayAsync(scenario, round, host, async () =>
        {
            var dump = Path.Combine(backups.Root, round.Name);
            var from = Stopwatch.GetTimestamp();
            await backups.RunAsync("pg_dump", scenario.ConnectionString, "--format=custom", "--file", dump);
            return (new PastMoment(from, Stopwatch.GetTimestamp()), async () =>
            {
                var restored = await server.CreateDatabaseAsync();
                await backups.RunAsync("pg_restore", restored, "--exit-on-error", "--no-owner", dump);
                return restored;
            }
            );
        }));
    }

    /// <param name="backUp">
    /// Backs the database up while it is written to; returns the moment that it can be restored to, and how to do so.
    /// </param>
    private static async Task PlayAsync(
        FaultScenario scenario, Round round, ChaosHost host, Func<Task<(PastMoment, Func<Task<string>>)>> backUp)
    {
        var fleet = await round.FleetAsync(host);
        var deviceName = $"device-of-{round.Name}";
        await host.Client!.CreateThingAsync(deviceName);
        using var device = await MqttDevice.ConnectAsync(host.MqttPort, deviceName);
        await Eventually.Is(
            async () => (await RecordAsync(scenario, deviceName))?.IsConnected is true,
            because: "the device is connected");
        await using var senders = Senders.Start(
            fleet, round.Ledger, [host], round.Seed, new SendersOptions(MostEvents: 20_000));
        await MoreAsync(round);
        var (moment, restore) = await backUp();
        var afterwards = DateTimeOffset.UtcNow;
        await MoreAsync(round);
        await host.KillAsync();
        await senders.PauseAsync();

        var last = await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name);
        scenario.MoveTo(await restore());
        var restored = await StoredStreams.ReadAsync(scenario.ConnectionString, round.Name);
        moment.Compare(restored, last, round.Ledger.All).ShouldBeClean();
        var held = restored.Events.SelectMany(stream => stream).Select(stored => stored.Event).ToHashSet();
        round.Ledger.Restored(held);
        Judge.Compare(restored, round.Ledger.All).ShouldBeClean();

        var started = Stopwatch.GetTimestamp();
        await host.StartAsync();
        await SessionEndsAsync(scenario, deviceName, afterwards);
        var recovers = round.RecoversAsync(started, Recovery);
        await senders.DrainAsync();
        await recovers;
        AnswersShouldShowWhatWasLost(round.Ledger.All, held, started);
        await round.JudgeAsync(host);
    }

    private static Task MoreAsync(Round round) =>
        round.AcknowledgedAsync(round.Ledger.Acknowledged + round.Random.Next(40, 120));

    /// <summary>The session that was open at the restored moment is an orphan: its gateway is dead.</summary>
    private static async Task SessionEndsAsync(FaultScenario scenario, string deviceName, DateTimeOffset afterwards)
    {
        await Eventually.Is(
            async () => (await RecordAsync(scenario, deviceName))?.IsConnected is false,
            Recovery,
            "the session of the device ends");
        var record = (await RecordAsync(scenario, deviceName))!;
        record.DisconnectReason.ShouldBe(DisconnectReason.ServerError);
        record.OccurredAt!.Value.ShouldBeInRange(
            record.Connect!.OccurredAt, afterwards, "when the gateway was last known alive");
    }

    private static async Task<ConnectivityRecord?> RecordAsync(FaultScenario scenario, string name)
    {
        var stored = await StoredStreams.ReadAsync(scenario.ConnectionString, name);
        return stored.Records.GetValueOrDefault(stored.ThingIds[name]);
    }

    private static void AnswersShouldShowWhatWasLost(
        IReadOnlyList<Sent> all, IReadOnlySet<LifecycleEvent> held, long started)
    {
        var kept = all.Where(sent => held.Contains(sent.Report.Event)).ToList();
        var lost = all.Where(sent => !held.Contains(sent.Report.Event)).ToList();
        kept.ShouldNotBeEmpty();
        lost.ShouldNotBeEmpty();
        kept.Sum(New).ShouldBe(0);
        lost.Sum(New).ShouldBe(lost.Count);
        all.ShouldAllBe(sent => sent.IsAcknowledged);

        int New(Sent sent) => sent.Answers.Count(answer => answer.IsNew && answer.SentAt > started);
    }
}
