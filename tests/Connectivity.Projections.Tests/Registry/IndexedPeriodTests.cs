using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Registry;

/// <summary>Rule 1 with storage. Tests age rows instead of waiting for minutes.</summary>
public sealed class IndexedPeriodTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan TwoMinutes = TimeSpan.FromMinutes(2);

    private StoreHost Host => database.Host;

    [Fact]
    public async Task An_event_may_be_two_minutes_older_than_a_thing_with_a_new_name()
    {
        var account = await database.NewIndexedAccountAsync();
        var began = await CreateAsync(account);

        await ShouldCountFromAsync(account, began - TwoMinutes);
    }

    [Fact]
    public async Task No_event_may_be_older_than_a_thing_that_was_deleted_and_created_again()
    {
        var account = await database.NewIndexedAccountAsync();
        await CreateAsync(account);
        await Host.DeleteAsync(account, "lamp");
        var began = await CreateAsync(account);

        await ShouldCountFromAsync(account, began);
    }

    [Theory]
    [InlineData("00:03:50", false)]
    [InlineData("00:04:00", true)]
    public async Task A_deleted_name_is_remembered_for_four_minutes(string backdating, bool isForgotten)
    {
        var account = await database.NewIndexedAccountAsync();
        await CreateAsync(account);
        await Host.DeleteAsync(account, "lamp");
        await AgeDeletedThingAsync(account, backdating);
        var began = await CreateAsync(account);

        await ShouldCountFromAsync(account, isForgotten ? began - TwoMinutes : began);
    }

    [Fact]
    public async Task Cleanup_removes_only_deleted_names_that_are_at_least_four_minutes_old()
    {
        var (young, old) = (SharedDatabase.NewAccount(), SharedDatabase.NewAccount());
        foreach (var account in new[] { young, old })
        {
            await Host.CreateAsync(account, "lamp");
            await Host.DeleteAsync(account, "lamp");
        }

        await AgeDeletedThingAsync(young, "00:03:50");
        await AgeDeletedThingAsync(old, "00:04:00");
        await Host.Registry.RemoveExpiredDeletedThingsAsync(TestContext.Current.CancellationToken);

        (await DeletedThingsAsync(young)).ShouldBe(1);
        (await DeletedThingsAsync(old)).ShouldBe(0);
    }

    [Fact]
    public async Task A_thing_deleted_while_indexing_is_off_is_remembered_too()
    {
        var account = SharedDatabase.NewAccount();
        await Host.TurnOnAsync(account);
        await CreateAsync(account);
        await Host.TurnOffAsync(account);
        await Host.DeleteAsync(account, "lamp");
        await Host.TurnOnAsync(account);
        var began = await CreateAsync(account);

        await ShouldCountFromAsync(account, began);
    }

    [Fact]
    public async Task Delayed_events_of_a_deleted_thing_are_ignored_for_its_successor()
    {
        var account = await database.NewIndexedAccountAsync();
        await CreateAsync(account);
        var connect = Connected("lamp", await Host.NowAsync());
        await Host.AppendAsync(account, connect);
        await Host.DeleteAsync(account, "lamp");
        await CreateAsync(account);

        (await Host.AppendAsync(account, connect, Disconnected("lamp", connect.OccurredAt)))
            .ShouldBe([Outcome.BeforeIndexedPeriod, Outcome.BeforeIndexedPeriod]);
        (await Host.AskAsync(account, "lamp")).Record!.Latest.ShouldBeNull();
    }

    [Fact]
    public async Task A_creation_that_waited_for_the_deletion_of_its_name_begins_after_it()
    {
        var account = await database.NewIndexedAccountAsync();
        await CreateAsync(account);
        Task deletion, creation;
        DateTimeOffset whileDeleting;
        await using (var stall = await Stall.DeletionsAsync(Host))
        {
            deletion = Host.DeleteAsync(account, "lamp");
            await stall.UntilWaitingAsync(1);
            creation = database.OtherHost.CreateAsync(account, "lamp");
            await stall.UntilWaitingAsync(2);
            whileDeleting = await Host.NowAsync();
        }

        await deletion;
        await creation;

        (await BeganAsync(account)).ShouldBeGreaterThanOrEqualTo(whileDeleting);
        (await Host.AppendAsync(account, Connected("lamp", whileDeleting - Millisecond)))
            .ShouldBe([Outcome.BeforeIndexedPeriod]);
    }

    [Fact]
    public async Task An_event_may_be_two_minutes_older_than_the_first_turning_on_of_indexing()
    {
        var account = SharedDatabase.NewAccount();
        await CreateADayAgoAsync(account);
        await Host.TurnOnAsync(account);

        await ShouldCountFromAsync(account, await TurnedOnAsync(account) - TwoMinutes);
    }

    [Theory]
    [InlineData("00:03:50", false)]
    [InlineData("00:04:00", true)]
    public async Task No_event_may_be_older_than_indexing_that_was_turned_on_shortly_after_it_was_turned_off(
        string after, bool isLongAgo)
    {
        var account = SharedDatabase.NewAccount();
        await CreateADayAgoAsync(account);
        await Host.TurnOnAsync(account);
        await Host.TurnOffAsync(account);
        await Host.ExecuteAsync(
            $"update {IndexingTable.Name} set turned_off_at = turned_off_at - $2 where account = $1", account.Id,
            TimeSpan.Parse(after));
        await Host.TurnOnAsync(account);

        var turnedOn = await TurnedOnAsync(account);
        await ShouldCountFromAsync(account, isLongAgo ? turnedOn - TwoMinutes : turnedOn);
    }

    [Fact]
    public async Task A_backdated_event_counts_in_the_current_period()
    {
        var account = await database.NewIndexedAccountAsync();
        await CreateAsync(account);
        await Host.DeleteAsync(account, "lamp");
        var began = await CreateAsync(account);

        var outcomes = await Host.ImportAsync(
            account, Connected("lamp", began.AddYears(-3)), Connected("lamp", began.AddHours(1)),
            Connected("stranger", began));

        outcomes.Select(outcome => outcome.Kind)
            .ShouldBe([OutcomeKind.Accepted, OutcomeKind.Rejected, OutcomeKind.Ignored]);
        (await Host.AskAsync(account, "lamp")).Record!.OccurredAt.ShouldBe(began.AddYears(-3));
    }

    [Fact]
    public async Task Each_incarnation_of_a_thing_stores_the_same_event_again()
    {
        var account = await database.NewIndexedAccountAsync();
        var connect = Connected("lamp", (await Host.NowAsync()).AddDays(-1));
        for (var incarnation = 0; incarnation < 3; incarnation++)
        {
            await Host.CreateAsync(account, "lamp");
            (await Host.ImportAsync(account, connect, connect)).ShouldBe([Outcome.Accepted, Outcome.Duplicate]);
            await Host.DeleteAsync(account, "lamp");
        }
    }

    /// <summary>Events of that time on are stored, and older ones are not.</summary>
    private async Task ShouldCountFromAsync(Account account, DateTimeOffset first) =>
        (await Host.AppendAsync(account, Connected("lamp", first - Millisecond), Connected("lamp", first)))
            .ShouldBe([Outcome.BeforeIndexedPeriod, Outcome.Accepted]);

    /// <summary>Creates the thing, and returns when its indexed period began.</summary>
    private async Task<DateTimeOffset> CreateAsync(Account account)
    {
        await Host.CreateAsync(account, "lamp");
        return await BeganAsync(account);
    }

    private async Task CreateADayAgoAsync(Account account)
    {
        await Host.CreateAsync(account, "lamp");
        await Host.ExecuteAsync(
            $"update {RegistryTables.ThingsName} set created_at = created_at - interval '1 day' where account = $1",
            account.Id);
    }

    private Task<DateTimeOffset> BeganAsync(Account account) => TimeAsync(
        $"""
        select date_trunc('milliseconds', created_at) from {RegistryTables.ThingsName}
        where account = $1 and name = 'lamp'
        """, account);

    private Task<DateTimeOffset> TurnedOnAsync(Account account) =>
        TimeAsync(
            $"select date_trunc('milliseconds', turned_on_at) from {IndexingTable.Name} where account = $1", account);

    private async Task<DateTimeOffset> TimeAsync(string sql, Account account) =>
        new(await Host.ScalarAsync<DateTime>(sql, account.Id), TimeSpan.Zero);

    private Task<long> DeletedThingsAsync(Account account) =>
        Host.ScalarAsync<long>(
            $"select count(*) from {RegistryTables.DeletedThingsName} where account = $1", account.Id);

    private Task AgeDeletedThingAsync(Account account, string backdating) => Host.ExecuteAsync(
        $"update {RegistryTables.DeletedThingsName} set deleted_at = deleted_at - $2 where account = $1",
        account.Id, TimeSpan.Parse(backdating));
}
