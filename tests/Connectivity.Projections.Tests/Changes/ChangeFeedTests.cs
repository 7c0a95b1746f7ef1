using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Changes;
using Connectivity.Projections.Database;
using Connectivity.Projections.Indexing;
using Npgsql;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Changes;

/// <summary>The change feed loses no event and keeps the order, whatever the writers do.</summary>
public sealed class ChangeFeedTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_event_of_random_writers_is_followed_once_in_order_where_usual_readers_lose_some()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        var partition = generation.Partition(ConnectivitySchema.Events);
        using var done = new CancellationTokenSource();
        var naive = new Poller(Host, $"select seq_id from {partition} where seq_id > $1 order by seq_id");
        var repaired = new Poller(
            Host,
            $"""
            select seq_id from {partition}
            where seq_id > $1 and xmin::text::bigint < txid_snapshot_xmin(txid_current_snapshot()) order by seq_id
            """);
        var followers = new[] { Host, database.OtherHost }
            .Select(host => new Follower(host.Changes, account, generation)).ToList();
        var reading = Task.WhenAll(
            [naive.RunAsync(done.Token), repaired.RunAsync(done.Token), .. followers.Select(f => f.RunAsync(done.Token))]);

        await Task.WhenAll(new RandomWriters(Host, account, generation, seed: 7).RunAsync(), AppendAsync(account));

        var stored = await Host.ColumnAsync<long>($"select seq_id from {partition} order by seq_id");
        await Eventually.Is(() => followers.TrueForAll(f => f.Sequences.Count == stored.Count), because: "all is followed");
        await done.CancelAsync();
        await reading;
        foreach (var follower in followers) follower.Sequences.ShouldBe(stored);
        naive.Sequences.Count.ShouldBeLessThan(stored.Count, "the naive reader loses events");
        repaired.Sequences.Count.ShouldBeLessThan(stored.Count, "and so does the usual repair");
    }

    [Fact]
    public async Task A_reader_waits_for_an_event_with_a_smaller_number_that_is_under_way()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        foreach (var name in new[] { "first", "second" }) await Host.CreateAsync(account, name);
        await using var connection = await Host.DataSource.OpenConnectionAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await using (var batch = new NpgsqlBatch(connection) { BatchCommands = { AppendLock.Take(account, waits: true) } })
            await batch.ExecuteNonQueryAsync(Ct);
        var start = (await Host.Changes.StartAsync(account, Ct)).ShouldNotBeNull();
        await Host.AppendAsync(account, Connected("second", await Host.NowAsync()));

        var end = Host.Changes.EndAsync(account, Ct);
        (await Task.WhenAny(end, Host.Changes.StartAsync(account, Ct))).ShouldNotBe(end);
        await transaction.RollbackAsync(Ct);

        (await end).ShouldNotBeNull().Sequence.ShouldBe(1);
        (await ReadAsync(account, start)).ShouldBe(["second"]);
    }

    [Fact]
    public async Task A_reader_that_comes_back_by_any_cursor_reads_what_is_behind_it()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        var now = await Host.NowAsync();
        var names = Enumerable.Range(0, 20).Select(i => $"thing-{i:00}").ToList();
        foreach (var name in names)
        {
            await Host.CreateAsync(account, name);
            await Host.AppendAsync(account, Connected(name, now));
        }

        var start = (await Host.Changes.StartAsync(account, Ct)).ShouldNotBeNull();
        var cursors = new List<ChangeCursor>();
        await foreach (var page in Host.Changes.ReadAsync(account, start, Ct))
            cursors.AddRange(page.Changes.Select(change => change.Cursor));

        for (var i = 0; i < cursors.Count; i++)
        {
            ChangeCursor.TryParse(cursors[i].ToString(), out var parsed).ShouldBeTrue();
            await database.OtherHost.Changes.ValidateAsync(account, parsed, Ct);
            (await ReadAsync(account, parsed)).ShouldBe(names.Skip(i + 1));
        }
    }

    [Fact]
    public async Task A_cursor_of_a_deleted_thing_stays_good()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        foreach (var name in new[] { "gone", "stays" })
        {
            await Host.CreateAsync(account, name);
            await Host.AppendAsync(account, Connected(name, await Host.NowAsync()));
        }

        var start = (await Host.Changes.StartAsync(account, Ct)).ShouldNotBeNull();
        ChangeCursor cursor = default;
        await foreach (var page in Host.Changes.ReadAsync(account, start, Ct)) cursor = page.Changes[0].Cursor;
        await Host.DeleteAsync(account, "gone");

        await Host.Changes.ValidateAsync(account, cursor, Ct);
        (await ReadAsync(account, cursor)).ShouldBe(["stays"]);
    }

    [Fact]
    public async Task A_cursor_is_refused_where_its_number_is_ahead_or_has_another_event_or_its_generation_has_ended()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        await Host.CreateAsync(account, "lamp");
        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));
        var end = (await Host.Changes.EndAsync(account, Ct)).ShouldNotBeNull();

        (await RefusalAsync(end with { Sequence = end.Sequence + 1 })).ShouldBe(FeedEnd.UnknownCursor);
        (await RefusalAsync(end with { EventPrefix = ~end.EventPrefix })).ShouldBe(FeedEnd.UnknownCursor);
        (await RefusalAsync(end with { Epoch = 1 })).ShouldBe(FeedEnd.UnknownCursor);
        (await RefusalAsync(end with { Generation = end.Generation + 1 })).ShouldBe(FeedEnd.GenerationEnded);
        await Host.Changes.ValidateAsync(account, end, Ct);
        await Host.Changes.EndCursorsAsync(account, Ct);
        (await RefusalAsync(end)).ShouldBe(FeedEnd.UnknownCursor);
        await Host.TurnOffAsync(account);
        (await RefusalAsync(end)).ShouldBe(FeedEnd.GenerationEnded);

        async Task<FeedEnd> RefusalAsync(ChangeCursor cursor) => (await Should.ThrowAsync<FeedEndedException>(
            Host.Changes.ValidateAsync(account, cursor, Ct))).End;
    }

    [Fact]
    public async Task A_follower_is_ended_with_its_generation()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        var follower = new Follower(Host.Changes, account, generation);
        await Host.CreateAsync(account, "lamp");
        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));
        var following = follower.RunAsync(Ct);
        await Eventually.Is(() => follower.Sequences.Count == 1, because: "the event is followed");

        await Host.TurnOffAsync(account);

        (await Should.ThrowAsync<FeedEndedException>(following)).End.ShouldBe(FeedEnd.GenerationEnded);
    }

    [Fact]
    public async Task A_catch_up_obeys_an_opt_in_that_is_withdrawn_and_ends_with_its_cursors()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        await Host.UpdateIndexingAsync(account, Configurations.OnWithSocketInformation);
        var names = Enumerable.Range(0, 4_500).Select(i => $"thing-{i}").ToList();
        foreach (var name in names) await Host.CreateAsync(account, name);
        var now = await Host.NowAsync();
        foreach (var some in names.Chunk(500))
            await Host.AppendAsync(account, [.. some.Select(name => Connected(name, now))]);
        var start = (await Host.Changes.StartAsync(account, Ct)).ShouldNotBeNull();
        await using var pages = Host.Changes.ReadAsync(account, start, Ct).GetAsyncEnumerator(Ct);
        (await pages.MoveNextAsync()).ShouldBeTrue();
        pages.Current.ReleasesSocketInformation.ShouldBeTrue();

        await Host.UpdateIndexingAsync(account, Configurations.On);
        // One page is read ahead.
        await pages.MoveNextAsync();
        await pages.MoveNextAsync();
        pages.Current.ReleasesSocketInformation.ShouldBeFalse();

        await Host.Changes.EndCursorsAsync(account, Ct);
        (await Should.ThrowAsync<FeedEndedException>(async () =>
        {
            while (await pages.MoveNextAsync())
            {
            }
        })).End.ShouldBe(FeedEnd.GenerationEnded);
    }

    [Fact]
    public async Task A_follower_that_takes_nothing_is_ended_and_the_others_get_everything()
    {
        var account = SharedDatabase.NewAccount();
        var generation = await Host.TurnOnAsync(account);
        for (var i = 0; i < 10; i++) await Host.CreateAsync(account, $"thing-{i}");
        var follower = new Follower(Host.Changes, account, generation);
        using var done = new CancellationTokenSource();
        var following = follower.RunAsync(done.Token);
        var start = (await Host.Changes.StartAsync(account, Ct)).ShouldNotBeNull();
        await using var slow = Host.Changes.FollowAsync(account, start, Ct).GetAsyncEnumerator(Ct);
        var now = await Host.NowAsync();
        var first = slow.MoveNextAsync().AsTask();
        await Host.AppendAsync(account, Connected("thing-0", now, version: 1));
        (await first).ShouldBeTrue();

        for (var version = 2; version < 400; version++)
            await Host.AppendAsync(
                account, [.. Enumerable.Range(0, 10).Select(i => Connected($"thing-{i}", now, version))]);
        await Eventually.Is(() => follower.Sequences.Count == 1 + 398 * 10, because: "the other follower gets all");

        (await Should.ThrowAsync<FeedEndedException>(async () =>
        {
            while (await slow.MoveNextAsync())
            {
            }
        })).End.ShouldBe(FeedEnd.Lagging);
        await done.CancelAsync();
        await following;
    }

    private async Task AppendAsync(Account account)
    {
        foreach (var name in new[] { "real-0", "real-1" }) await Host.CreateAsync(account, name);
        var now = await Host.NowAsync();
        await Task.WhenAll(new[] { Host, database.OtherHost }.Select(async (host, i) =>
        {
            for (var version = 1; version <= 100; version++)
                (await host.AppendAsync(account, Connected($"real-{i}", now, version))).ShouldBe([Outcome.Accepted]);
        }));
    }

    private async Task<List<string>> ReadAsync(Account account, ChangeCursor after)
    {
        var names = new List<string>();
        await foreach (var page in database.OtherHost.Changes.ReadAsync(account, after, Ct))
            names.AddRange(page.Changes.Select(change => change.Recorded.Event.ClientId));
        return names;
    }

    /// <summary>Follows the feed from its start; a cancellation ends it.</summary>
    private sealed class Follower(ChangeFeed feed, Account account, Generation generation)
    {
        public List<long> Sequences { get; } = [];

        public async Task RunAsync(CancellationToken stop)
        {
            try
            {
                await foreach (var page in feed.FollowAsync(
                    account, new ChangeCursor(generation.Number, 0, 0, 0), stop))
                    lock (Sequences) Sequences.AddRange(page.Changes.Select(change => change.Cursor.Sequence));
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The test has seen enough.
            }
        }
    }

    /// <summary>Asks again and again for what is behind the greatest number that it has seen.</summary>
    private sealed class Poller(StoreHost host, string sql)
    {
        public List<long> Sequences { get; } = [];

        public async Task RunAsync(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
                Sequences.AddRange(await host.ColumnAsync<long>(sql, Sequences.LastOrDefault()));
        }
    }
}
