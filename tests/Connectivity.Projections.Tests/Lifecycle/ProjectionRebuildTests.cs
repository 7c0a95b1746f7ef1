using Bogus;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Lifecycle.Rebuild;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>
/// A rebuild folds the stored events, so it produces the same bytes, however the records were changed.
/// </summary>
public sealed class ProjectionRebuildTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_rebuild_repairs_changed_deleted_and_spurious_records_byte_for_byte()
    {
        var (account, generation, thingIds) = await AnAccountWithAPastAsync(things: 450);
        var before = await Stored.RecordRowsAsync(Host, generation);
        await CorruptAsync(generation, thingIds);
        (await Stored.RecordRowsAsync(Host, generation)).ShouldNotBe(before);

        await database.OtherHost.Rebuild.RunAsync(null, Cancelled, account);

        (await Stored.RecordRowsAsync(Host, generation)).ShouldBe(before);
        await Stored.ShouldBeConsistentAsync(Host, generation);
        (await Host.AppendAsync(account, Connected("thing-0", await Host.NowAsync(), version: 1_000_000)))
            .ShouldBe([Outcome.Accepted]);
        await Stored.ShouldBeConsistentAsync(Host, generation);
    }

    [Fact]
    public async Task A_rebuild_counts_the_things_of_every_account_whose_indexing_is_on()
    {
        await using var own = new StoreHost(await PostgresServer.CreateDatabaseAsync(Cancelled));
        await own.BringSchemaUpToDateAsync();
        foreach (var isOn in new[] { true, true, false })
        {
            var account = SharedDatabase.NewAccount();
            if (isOn) await own.TurnOnAsync(account);
            await own.CreateAsync(account, "lamp");
            await own.CreateAsync(account, "door");
        }

        (await own.Rebuild.RunAsync(null, Cancelled)).Things.ShouldBe(4);
    }

    [Fact]
    public async Task A_rebuild_during_writes_and_deletions_leaves_every_record_the_fold_of_its_stream()
    {
        var (account, generation, thingIds) = await AnAccountWithAPastAsync(things: 75);
        await CorruptAsync(generation, thingIds);
        var now = await Host.NowAsync();
        using var done = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            var host = writer % 2 == 0 ? Host : database.OtherHost;
            for (var version = 1_000_000 + writer; !done.IsCancellationRequested; version += 3)
                (await host.AppendAsync(
                    account, [.. Enumerable.Range(10, 20).Select(i => Connected($"thing-{i}", now, version))]))
                    .ShouldAllBe(outcome => outcome.Kind <= OutcomeKind.Late);
        })).ToArray();

        try
        {
            for (var i = 0; i < 10; i++)
            {
                // Only things without writers: changing records without the locks on things could deadlock with a
                // writer.
                await CorruptAsync(generation, thingIds[30..]);
                await Task.WhenAll(
                    database.OtherHost.Rebuild.RunAsync(null, Cancelled, account), Host.DeleteAsync(account, $"thing-{i}"));
            }
        }
        finally
        {
            await done.CancelAsync();
            await Task.WhenAll(writers);
        }

        await Stored.ShouldBeConsistentAsync(Host, generation);
    }

    [Fact]
    public async Task A_record_is_replaced_after_ingest_in_progress_and_contains_its_events()
    {
        var (account, generation, thingIds) = await AnAccountWithAPastAsync(things: 1);
        Task<IReadOnlyList<Outcome>> ingest;
        Task<RebuildProgress> rebuild;
        await Host.ExecuteAsync(
            $"update {ConnectivitySchema.Records} set data = data - 'connect' - 'disconnect' where id = $1", thingIds[0]);
        await using (var stall = await Stall.AppendsAsync(Host))
        {
            ingest = Host.ImportAsync(account, Connected("thing-0", await Host.NowAsync(), version: 1_000_000));
            await stall.UntilWaitingAsync(1);
            rebuild = database.OtherHost.Rebuild.RunAsync(null, Cancelled, account);
            await stall.UntilWaitingAsync(2);
        }

        (await ingest).ShouldBe([Outcome.Accepted]);
        (await rebuild).Differences.ShouldBeGreaterThanOrEqualTo(1);
        await Stored.ShouldBeConsistentAsync(Host, generation);
    }

    [Fact]
    public async Task A_check_reports_each_difference_and_changes_nothing()
    {
        await using var own = new StoreHost(await PostgresServer.CreateDatabaseAsync(Cancelled));
        await own.BringSchemaUpToDateAsync();
        var account = SharedDatabase.NewAccount();
        var generation = await own.TurnOnAsync(account);
        var names = new[] { "changed", "missing", "outdated", "right", "without-events" };
        var ids = new Dictionary<string, string>();
        foreach (var name in names)
        {
            ids[name] = (await own.CreateAsync(account, name)).ThingId;
            if (name != "without-events") await own.ImportAsync(account, Connected(name, await own.NowAsync()));
        }

        const string table = ConnectivitySchema.Records;
        await own.ExecuteAsync($"update {table} set data = data - 'connect' where id = $1", ids["changed"]);
        await own.ExecuteAsync($"delete from {table} where id = $1", ids["missing"]);
        await own.ExecuteAsync($"update {table} set mt_version = 0 where id = $1", ids["outdated"]);
        foreach (var id in new[] { ids["without-events"], "of-no-thing" })
            await own.ExecuteAsync(
                $"insert into {table} (tenant_id, id, data) values ($1, $2, '{{}}')", generation.TenantId, id);
        var before = await Stored.RecordRowsAsync(own, generation);
        var reports = new Reports();

        var found = await own.Rebuild.CheckAsync(reports, Cancelled);

        found.Differences.ShouldBe(5);
        reports.Differences.ShouldBe(
        [
            "changed: the record is not the fold of the stream", "missing: no record",
            "outdated: the record has version 0, the stream 1", "without-events: a record without events",
            "of-no-thing: a record of no thing",
        ]);
        (await Stored.RecordRowsAsync(own, generation)).ShouldBe(before);
        (await own.Rebuild.RunAsync(null, Cancelled)).Differences.ShouldBe(5);
        (await own.Rebuild.CheckAsync(null, Cancelled)).Differences.ShouldBe(0);
    }

    [Fact]
    public async Task A_rebuild_that_was_interrupted_is_continued_where_it_was()
    {
        await using var own = new StoreHost(await PostgresServer.CreateDatabaseAsync(Cancelled));
        await own.BringSchemaUpToDateAsync();
        var account = SharedDatabase.NewAccount();
        await own.TurnOnAsync(account);
        for (var i = 0; i < 450; i++) await own.CreateAsync(account, $"thing-{i}");
        using var interrupted = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(
            own.Rebuild.RunAsync(new Reports(_ => interrupted.Cancel()), interrupted.Token));

        (await own.Rebuild.RunAsync(null, Cancelled)).Things.ShouldBe(250);
        (await own.Rebuild.RunAsync(null, Cancelled)).Things.ShouldBe(450, "the next one begins at the start");
    }

    private sealed class Reports(Action<RebuildProgress>? next = null) : IProgress<RebuildProgress>
    {
        public List<string> Differences { get; } = [];

        public void Report(RebuildProgress value)
        {
            Differences.AddRange(value.Latest.Select(difference => difference.ToString()));
            next?.Invoke(value);
        }
    }

    /// <summary>Changes, deletes and inserts records without the code that maintains them.</summary>
    private async Task CorruptAsync(Generation generation, string[] thingIds)
    {
        const string table = ConnectivitySchema.Records;
        const string these = "tenant_id = $1 and id = any($2)";
        await Host.ExecuteAsync(
            $"update {table} set data = data - 'disconnect' where {these}", generation.TenantId, thingIds[..20]);
        await Host.ExecuteAsync($"delete from {table} where {these}", generation.TenantId, thingIds[20..40]);
        var idle = (await Host.Registry.FindAsync(generation.Account, "idle", Cancelled))!.ThingId;
        foreach (var spurious in new[] { Guid.NewGuid().ToString(), idle })
            await Host.ExecuteAsync(
                $"""
                insert into {table} (tenant_id, id, data, mt_dotnet_type)
                select tenant_id, $2, data || jsonb_build_object('thingId', $2::text), mt_dotnet_type
                from {table} where tenant_id = $1 and id = $3
                on conflict do nothing
                """, generation.TenantId, spurious, thingIds[40]);
    }

    /// <summary>
    /// Things with up to a dozen events each, of sources that conform and that do not, and one thing without any.
    /// </summary>
    private async Task<(Account, Generation, string[] ThingIds)> AnAccountWithAPastAsync(int things)
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        await Host.CreateAsync(account, "idle");
        var now = await Host.NowAsync();
        var faker = new Faker { Random = new Randomizer(things) };
        var thingIds = new List<string>();
        for (var i = 0; i < things; i++) thingIds.Add((await Host.CreateAsync(account, $"thing-{i}")).ThingId);
        var events = Enumerable.Range(0, things)
            .SelectMany(i => faker.Make(faker.Random.Int(1, 12), () => AnyEvent(faker, $"thing-{i}", now)));
        foreach (var batch in events.Chunk(500)) await Host.ImportAsync(account, batch);
        return (account, generation, [.. thingIds]);
    }

    private static LifecycleEvent AnyEvent(Faker faker, string clientId, DateTimeOffset now)
    {
        var connection = new ConnectionKey(
            faker.PickRandom("http", "gateway", "emqx"), faker.Random.Hash(8), faker.Random.Long(0, 9));
        var at = now - TimeSpan.FromMilliseconds(faker.Random.Long(0, 3_600_000));
        var principal = faker.Random.Bool() ? faker.Random.Hash(64) : null;
        var session = new SessionDetails(
            faker.Random.Int(0, 65_535), faker.Random.Bool(), faker.Random.Long(0, uint.MaxValue));
        var socket = new SocketInformation(
            faker.Random.Bool() ? faker.Internet.Ip() : faker.Internet.Ipv6(), faker.Internet.Port(),
            faker.Internet.Ip(), 8883, null);
        return faker.Random.Bool()
            ? new ThingConnected(clientId, connection, at, principal, session, socket)
            : new ThingDisconnected(
                clientId, connection, at, principal, session, socket,
                faker.PickRandom(null, DisconnectReason.ServerError), faker.Random.Bool());
    }
}
