using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Database;
using Connectivity.Projections.Registry;
using Npgsql;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>A thing that another transaction holds delays its own events only.</summary>
public sealed class HeldThingTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private StoreHost Host => database.Host;

    [Fact]
    public async Task Many_senders_of_a_held_thing_delay_no_other_thing_and_no_query()
    {
        var account = await AnAccountAsync("held", "free");
        var now = await Host.NowAsync();
        await using var holder = await HoldAsync(Host.DataSource, account, "held");
        var waiting = Enumerable.Range(1, 150)
            .Select(version => Host.AppendAsync(account, Connected("held", now, version))).ToArray();

        for (var version = 1; version <= 20; version++)
        {
            (await Host.AppendAsync(account, Connected("free", now, version))).ShouldBe([Outcome.Accepted]);
            (await Host.AskAsync(account, "held")).Record!.IsConnected.ShouldBeFalse();
        }

        waiting.ShouldAllBe(append => !append.IsCompleted);
        await holder.ReleaseAsync();
        var outcomes = (await Task.WhenAll(waiting)).SelectMany(each => each).ToList();
        outcomes.ShouldAllBe(outcome => outcome == Outcome.Accepted || outcome == Outcome.Late);
        (await Host.AskAsync(account, "held")).Record!.Connect!.Connection.VersionNumber.ShouldBe(150);
    }

    [Fact]
    public async Task The_events_of_one_caller_that_are_not_held_are_stored_before_its_answer()
    {
        var account = await AnAccountAsync("held", "free");
        var now = await Host.NowAsync();
        await using var holder = await HoldAsync(Host.DataSource, account, "held");

        var append = Host.AppendAsync(account, Connected("held", now), Connected("free", now));
        await Eventually.Is(
            async () => (await Host.AskAsync(account, "free")).Record!.IsConnected, because: "it waits for nothing");
        append.IsCompleted.ShouldBeFalse();

        await holder.ReleaseAsync();
        (await append).ShouldBe([Outcome.Accepted, Outcome.Accepted]);
    }

    [Fact]
    public async Task A_thing_that_is_held_too_long_fails_alone_and_its_event_may_be_repeated()
    {
        var account = await AnAccountAsync("held", "free");
        var now = await Host.NowAsync();
        await using var holder = await HoldAsync(Host.DataSource, account, "held");

        var error = await Should.ThrowAsync<PostgresException>(() => Host.AppendAsync(account, Connected("held", now)));
        DatabaseErrors.IsUnavailable(error).ShouldBeTrue();
        (await Host.AppendAsync(account, Connected("free", now))).ShouldBe([Outcome.Accepted]);

        await holder.ReleaseAsync();
        (await Host.AppendAsync(account, Connected("held", now))).ShouldBe([Outcome.Accepted]);
    }

    [Fact]
    public async Task A_caller_that_does_not_wait_gets_no_outcome_for_what_is_held()
    {
        var account = await AnAccountAsync("held", "free");
        var now = await Host.NowAsync();
        await using var holder = await HoldAsync(Host.DataSource, account, "held");

        var result = await Host.Log.AppendAsync(
            account,
            [
                new SubmittedEvent(Connected("held", now), Backdating.Disallowed),
                new SubmittedEvent(Connected("free", now), Backdating.Disallowed),
            ],
            waitsForLocks: false, Cancelled);

        result.Error.ShouldBeNull();
        result.Outcomes.ShouldBe([null, Outcome.Accepted]);
        Should.Throw<DatabaseBusyException>(() => result.All());
    }

    [Fact]
    public async Task A_session_of_ingest_that_falls_silent_returns_its_locks()
    {
        var account = await AnAccountAsync("held");
        await using var ingest = ConnectivityDataSource.CreateForIngest(database.ConnectionString, connections: 1);
        await HoldAsync(ingest, account, "held");

        // Of a session that stays alive the lock would be held until the wait for it ends in an error.
        (await Host.AppendAsync(account, Connected("held", await Host.NowAsync()))).ShouldBe([Outcome.Accepted]);
    }

    private async Task<Account> AnAccountAsync(params string[] things)
    {
        var account = await database.NewIndexedAccountAsync();
        foreach (var thing in things) await Host.CreateAsync(account, thing);
        return account;
    }

    private static async Task<Holder> HoldAsync(NpgsqlDataSource dataSource, Account account, string thing)
    {
        var connection = await dataSource.OpenConnectionAsync(Cancelled);
        var transaction = await connection.BeginTransactionAsync(Cancelled);
        await using var command = new NpgsqlCommand(
            $"select from {RegistryTables.ThingsName} where account = $1 and name = $2 for no key update", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = account.Id });
        command.Parameters.Add(new NpgsqlParameter { Value = thing });
        await command.ExecuteNonQueryAsync(Cancelled);
        return new Holder(connection, transaction);
    }

    private sealed class Holder(NpgsqlConnection connection, NpgsqlTransaction transaction) : IAsyncDisposable
    {
        public Task ReleaseAsync() => transaction.RollbackAsync(Cancelled);

        public ValueTask DisposeAsync() => connection.DisposeAsync();
    }
}
