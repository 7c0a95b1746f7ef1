using System.Text.Json;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;

namespace Connectivity.Api.Tests.Import;

/// <summary>An export that is imported into an empty account, and histories that are imported again.</summary>
public sealed class RoundTripTests(TransferDatabase database) : IClassFixture<TransferDatabase>
{
    private const int Things = 12;

    /// <summary>Moves the generated times into the past of every clock.</summary>
    private static readonly TimeSpan Ago = TimeSpan.FromDays(3650);

    [Fact]
    public async Task An_exported_account_is_equal_after_its_import_into_an_empty_one() =>
        await Sequences().SampleAsync(
            async sequence =>
            {
                var account = await StoredAsync(sequence);
                var exported = await database.ExportAsync(account);

                var copy = await database.NewAccountAsync();
                var summary = await database.ImportAsync(copy, exported);

                summary.Events.ShouldBe(exported.Length);
                summary.Things.ShouldBe(exported.Select(line => line.Split('"')[3]).Distinct().Count());
                (await database.ExportAsync(copy)).ShouldBe(exported);
                (await database.RowsAsync(copy)).ShouldBe(await database.RowsAsync(account));
            },
            iter: 6, threads: 1);

    [Fact]
    public async Task An_import_that_continues_after_any_line_ends_as_one_that_was_never_interrupted() =>
        await Gen.Select(Sequences(), Gen.Double[0, 1]).SampleAsync(
            async (sequence, share) =>
            {
                var exported = await database.ExportAsync(await StoredAsync(sequence));
                var copy = await database.NewAccountAsync();
                var first = (int)(share * exported.Length);
                await database.ImportAsync(copy, exported[..first]);

                var summary = await database.ImportAsync(copy, exported);

                TransferDatabase.CountOf(summary, OutcomeKind.Duplicate).ShouldBe(first);
                (await database.ExportAsync(copy)).ShouldBe(exported);
                var again = await database.ImportAsync(copy, exported);
                TransferDatabase.CountOf(again, OutcomeKind.Duplicate).ShouldBe(exported.Length);
                (await database.ExportAsync(copy)).ShouldBe(exported);
            },
            iter: 6, threads: 1);

    [Fact]
    public async Task A_stream_that_has_other_events_gets_the_present_time_of_recording()
    {
        var account = await StoredAsync([Connected("lamp", 1), Connected("lamp", 2)]);
        var exported = await database.ExportAsync(account);
        var copy = await database.NewAccountAsync();
        await database.Host.CreateAsync(copy, "lamp");
        await database.Host.ImportAsync(copy, Connected("lamp", 9));
        var before = await database.Host.NowAsync();

        await database.ImportAsync(copy, exported);

        var recorded = (await database.ExportAsync(copy)).Select(line => Json(line).GetProperty("recordedAt"))
            .Select(time => time.GetDateTimeOffset()).ToArray();
        recorded.Length.ShouldBe(3);
        recorded[1..].ShouldAllBe(time => time >= before);
    }

    private static JsonElement Json(string line) => JsonElement.Parse(line);

    private static ThingConnected Connected(string name, long version) => new(
        name, new ConnectionKey(EventSource.Gateway, $"s-{version}", version),
        new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(version), null, SessionDetails.None,
        SocketInformation.None);

    private async Task<Account> StoredAsync(LifecycleEvent[] sequence)
    {
        var account = await database.NewAccountAsync();
        foreach (var name in sequence.Select(e => e.ClientId).Distinct())
            await database.Host.CreateAsync(account, name);
        foreach (var part in sequence.Chunk(7)) await database.Host.ImportAsync(account, part);
        return account;
    }

    private static Gen<LifecycleEvent[]> Sequences()
    {
        var all = Gen.Const(Array.Empty<LifecycleEvent>());
        for (var i = 0; i < Things; i++)
            all = Gen.Select(
                all, ConformingSource.Deliveries($"thing-{i}", EventSource.Gateway),
                (list, next) => (LifecycleEvent[])[.. list, .. next.Arrivals.Select(report => Past(report.Event))]);
        return all.SelectMany(events => Gen.Shuffle(events));
    }

    private static LifecycleEvent Past(LifecycleEvent e) => e switch
    {
        ThingDisconnected end => end with { OccurredAt = end.OccurredAt - Ago, ConnectedAt = end.ConnectedAt - Ago },
        _ => e with { OccurredAt = e.OccurredAt - Ago },
    };
}
