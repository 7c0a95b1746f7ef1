using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.Indexing;
using Connectivity.Projections.Registry;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Registry;

/// <summary>Rule 1 as it is stored. Where minutes matter, rows are aged instead of waited for.</summary>
public sealed class IndexedPeriodTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan TwoMinutes = TimeSpan.FromMinutes(2);

    private StoreHost Host => database.Host;

    [Fact]
    public async Task An_event_may_be_two_minutes_older_than_a_name_that_never_was()
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
        await AgeFormerThingAsync(account, backdating);
        var began = await CreateAsync(account);

        await ShouldCountFromAsync(account, isForgotten ? began - TwoMinutes : began);
    }

    [Fact]
    public async Task Only_what_need_not_be_remembered_is_forgotten()
    {
        var (young, old) = (SharedDatabase.NewAccount(), SharedDatabase.NewAccount());
        foreach (var account in new[] { young, old })
        {
            await Host.CreateAsync(account, "lamp");
            await Host.DeleteAsync(account, "lamp");
        }

        await AgeFormerThingAsync(young, "00:03:50");
        await AgeFormerThingAsync(old, "00:04:00");
        await Host.Registry.RemoveExpiredDeletedThingsAsync(TestContext.Current.CancellationToken);

        (await FormerThingsAsync(young)).ShouldBe(1);
        (await FormerThingsAsync(old)).ShouldBe(0);
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
    public async Task Events_of_the_former_life_that_are_still_on_their_way_are_not_taken_for_the_present_one_s()
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
    public async Task A_creation_that_waited_for_the_deletion_of_its_namesake_began_after_it()
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
        (await Host.AppendAsync(account, Connected("lamp", whileDeleting - Millisecond))).ShouldBe([Outcome.BeforeIndexedPeriod]);
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
    public async Task No_event_may_be_older_than_a_turning_on_that_followed_shortly_on_a_turning_off(string after, bool isLongAgo)
    {
        var account = SharedDatabase.NewAccount();
        await CreateADayAgoAsync(account);
        await Host.TurnOnAsync(account);
        await Host.TurnOffAsync(account);
        await Host.ExecuteAsync(
            $"update {IndexingTable.Name} set turned_off_at = turned_off_at - $2 where account = $1", account.Id, TimeSpan.Parse(after));
        await Host.TurnOnAsync(account);

        var turnedOn = await TurnedOnAsync(account);
        await ShouldCountFromAsync(account, isLongAgo ? turnedOn - TwoMinutes : turnedOn);
    }

    [Fact]
    public async Task What_is_reported_or_imported_whatever_its_age_counts_in_the_present_life()
    {
        var account = await database.NewIndexedAccountAsync();
        await CreateAsync(account);
        await Host.DeleteAsync(account, "lamp");
        var began = await CreateAsync(account);

        var outcomes = await Host.ImportAsync(
            account, Connected("lamp", began.AddYears(-3)), Connected("lamp", began.AddHours(1)), Connected("stranger", began));

        outcomes.Select(outcome => outcome.Kind).ShouldBe([OutcomeKind.Accepted, OutcomeKind.Rejected, OutcomeKind.Ignored]);
        (await Host.AskAsync(account, "lamp")).Record!.OccurredAt.ShouldBe(began.AddYears(-3));
    }

    [Fact]
    public async Task The_third_life_stores_again_what_the_first_had_stored()
    {
        var account = await database.NewIndexedAccountAsync();
        var connect = Connected("lamp", (await Host.NowAsync()).AddDays(-1));
        for (var life = 0; life < 3; life++)
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

    /// <summary>Creates the thing, and returns when its life began.</summary>
    private async Task<DateTimeOffset> CreateAsync(Account account)
    {
        await Host.CreateAsync(account, "lamp");
        return await BeganAsync(account);
    }

    private async Task CreateADayAgoAsync(Account account)
    {
        await Host.CreateAsync(account, "lamp");
        await Host.ExecuteAsync(
            $"update {RegistryTables.ThingsName} set created_at = created_at - interval '1 day' where account = $1", account.Id);
    }

    private Task<DateTimeOffset> BeganAsync(Account account) => TimeAsync(
        $"select date_trunc('milliseconds', created_at) from {RegistryTables.ThingsName} where account = $1 and name = 'lamp'", account);

    private Task<DateTimeOffset> TurnedOnAsync(Account account) =>
        TimeAsync($"select date_trunc('milliseconds', turned_on_at) from {IndexingTable.Name} where account = $1", account);

    private async Task<DateTimeOffset> TimeAsync(string sql, Account account) =>
        new(await Host.ScalarAsync<DateTime>(sql, account.Id), TimeSpan.Zero);

    private Task<long> FormerThingsAsync(Account account) =>
        Host.ScalarAsync<long>($"select count(*) from {RegistryTables.DeletedThingsName} where account = $1", account.Id);

    private Task AgeFormerThingAsync(Account account, string backdating) => Host.ExecuteAsync(
        $"update {RegistryTables.DeletedThingsName} set deleted_at = deleted_at - $2 where account = $1",
        account.Id, TimeSpan.Parse(backdating));
}
