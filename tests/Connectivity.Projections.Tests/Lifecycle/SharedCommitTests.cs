using Connectivity.Domain.Lifecycle;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

/// <summary>Callers share commits, and each gets the outcomes of its own events.</summary>
public sealed class SharedCommitTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    [Fact]
    public async Task Many_callers_need_far_fewer_commits_than_they_are()
    {
        var account = await database.NewIndexedAccountAsync();
        const int Callers = 200;
        for (var i = 0; i < Callers; i++) await Host.CreateAsync(account, $"thing-{i}");
        var now = await Host.NowAsync();

        var outcomes = await Task.WhenAll(
            Enumerable.Range(0, Callers).Select(i => Host.AppendAsync(account, Connected($"thing-{i}", now))));

        outcomes.ShouldAllBe(each => each.Single() == Outcome.Accepted);
        (await Host.ScalarAsync<long>(
            """
            select count(distinct e.xmin::text) from connectivity.mt_events e join connectivity.things t
                on t.thing_id = e.stream_id where t.account = $1
            """, account.Id)).ShouldBeLessThan(Callers / 4);
    }

    [Fact]
    public async Task Of_callers_that_send_the_same_event_one_is_accepted_and_the_others_are_duplicates()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        var connect = Connected("lamp", await Host.NowAsync());

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 60).Select(i =>
            (i % 2 == 0 ? Host : database.OtherHost).AppendAsync(account, connect)));

        outcomes.Count(each => each.Single() == Outcome.Accepted).ShouldBe(1);
        outcomes.Count(each => each.Single() == Outcome.Duplicate).ShouldBe(59);
    }

    [Fact]
    public async Task An_event_that_the_database_cannot_hold_is_rejected_alone()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        await Host.CreateAsync(account, "door");
        var now = await Host.NowAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 40).Select(version => Host.AppendAsync(
            account,
            Connected("lamp", now, version, session: version == 20 ? "no \0 text" : "text"),
            Connected("door", now, version))));

        for (var i = 0; i < outcomes.Length; i++)
        {
            outcomes[i][0].Kind.ShouldBe(i == 19 ? OutcomeKind.Rejected : OutcomeKind.Accepted);
            outcomes[i][1].ShouldBe(Outcome.Accepted);
        }
    }

    [Fact]
    public async Task Accounts_take_turns_in_transactions_of_their_own()
    {
        var accounts = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => database.NewIndexedAccountAsync()));
        foreach (var account in accounts) await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();

        var outcomes = await Task.WhenAll(accounts.SelectMany(account => Enumerable.Range(1, 10).Select(version =>
            Host.AppendAsync(account, Connected("lamp", now, version)))));

        outcomes.ShouldAllBe(each => each.Single() == Outcome.Accepted);
        foreach (var account in accounts)
            (await Host.AskAsync(account, "lamp")).Record!.Connect!.Connection.VersionNumber.ShouldBe(10);
    }

    [Fact]
    public async Task The_time_of_recording_rises_with_the_position_whatever_waited_before()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();
        await Task.WhenAll(Enumerable.Range(1, 100).Select(version =>
            (version % 2 == 0 ? Host : database.OtherHost).AppendAsync(account, Connected("lamp", now, version))));

        (await Host.ScalarAsync<bool>(
            """
            select bool_and(timestamp >= before) from (
                select e.timestamp, lag(e.timestamp) over (order by e.version) as before
                from connectivity.mt_events e join connectivity.things t on t.thing_id = e.stream_id
                where t.account = $1) as events
            """, account.Id)).ShouldBeTrue();
    }
}
