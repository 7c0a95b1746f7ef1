using Connectivity.Domain.Lifecycle;
using static Connectivity.Testing.Storage.Events;

namespace Connectivity.Projections.Tests.Lifecycle;

public sealed class OutcomeTests(SharedDatabase database) : IClassFixture<SharedDatabase>
{
    private StoreHost Host => database.Host;

    [Fact]
    public async Task A_mixed_batch_has_one_outcome_for_each_event_in_their_order()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        await Host.CreateAsync(account, "door");
        var now = await Host.NowAsync();

        var outcomes = await Host.AppendAsync(account,
            Connected("lamp", now, version: 2),
            Connected("stranger", now),
            Disconnected("lamp", now, version: 1),
            Connected("lamp", now.AddMinutes(3)),
            Connected("door", now),
            Connected("lamp", now, version: 2),
            Connected("lamp", DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeSeconds())),
            Connected("lamp", now.AddMinutes(-3)),
            Disconnected("door", now));

        outcomes.ShouldBe([
            Outcome.Accepted,
            Outcome.NotRegistered,
            Outcome.Late,
            Outcome.Rejected(EventTime.Validate(now.AddMinutes(3), now)!),
            Outcome.Accepted,
            Outcome.Duplicate,
            Outcome.Rejected(EventTime.Validate(DateTimeOffset.UnixEpoch, now)!),
            Outcome.BeforeIndexedPeriod,
            Outcome.Accepted,
        ]);
        (await Host.AskAsync(account, "lamp")).Record!.Connect!.Connection.VersionNumber.ShouldBe(2);
        (await Host.AskAsync(account, "door")).Record!.DisconnectReason.ShouldBe(DisconnectReason.ConnectionLost);
    }

    [Fact]
    public async Task An_empty_batch_has_no_outcomes() =>
        (await Host.AppendAsync(SharedDatabase.NewAccount())).ShouldBeEmpty();

    [Fact]
    public async Task An_event_of_an_earlier_batch_is_a_duplicate_whatever_its_other_fields()
    {
        var account = await database.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        var connect = Connected("lamp", await Host.NowAsync());
        await Host.AppendAsync(account, connect);

        var again = connect with { PrincipalIdentifier = "another", Session = new SessionDetails(30, true, null) };

        (await database.OtherHost.AppendAsync(account, again)).ShouldBe([Outcome.Duplicate]);
        (await Host.AskAsync(account, "lamp")).Record.ShouldBe(Fold(thing.ThingId, [connect]));
    }

    [Fact]
    public async Task A_late_event_is_stored_and_does_not_change_the_record()
    {
        var account = await database.NewIndexedAccountAsync();
        var thing = await Host.CreateAsync(account, "lamp");
        var generation = (await Host.Indexing.CurrentGenerationAsync(account, TestContext.Current.CancellationToken))!;
        var now = await Host.NowAsync();
        var (newer, older) = (Connected("lamp", now, version: 8), Disconnected("lamp", now, version: 7));

        (await Host.AppendAsync(account, newer)).ShouldBe([Outcome.Accepted]);
        (await Host.AppendAsync(account, older)).ShouldBe([Outcome.Late]);

        (await Stored.StreamAsync(Host, generation, thing.ThingId)).ShouldBe([newer, older]);
        (await Stored.RecordAsync(Host, generation, thing.ThingId)).ShouldBe(Fold(thing.ThingId, [newer]));
    }

    [Fact]
    public async Task A_connect_stored_after_its_disconnect_is_accepted_because_it_fills_in_details()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();

        await Host.AppendAsync(account, Disconnected("lamp", now));
        var outcomes = await Host.AppendAsync(
            account, Connected("lamp", now) with { Session = new SessionDetails(30, true, 60) });

        outcomes.ShouldBe([Outcome.Accepted]);
        var record = (await Host.AskAsync(account, "lamp")).Record!;
        record.IsConnected.ShouldBeFalse();
        record.Session.ShouldBe(new SessionDetails(30, true, 60));
    }

    [Fact]
    public async Task While_indexing_is_off_or_was_never_on_every_event_is_ignored()
    {
        var account = SharedDatabase.NewAccount();
        await Host.CreateAsync(account, "lamp");
        var now = await Host.NowAsync();
        (await Host.AppendAsync(account, Connected("lamp", now), Connected("stranger", now)))
            .ShouldBe([Outcome.IndexingOff, Outcome.IndexingOff]);

        await Host.TurnOnAsync(account);
        await Host.TurnOffAsync(account);

        (await Host.AppendAsync(account, Connected("lamp", now))).ShouldBe([Outcome.IndexingOff]);
    }

    [Fact]
    public async Task Events_that_are_not_stored_leave_no_rows()
    {
        var account = await database.NewIndexedAccountAsync();
        await Host.CreateAsync(account, "lamp");
        var generation = (await Host.Indexing.CurrentGenerationAsync(account, TestContext.Current.CancellationToken))!;
        var now = await Host.NowAsync();

        await Host.AppendAsync(
            account, Connected("stranger", now), Connected("lamp", now.AddHours(1)),
            Connected("lamp", now.AddHours(-1)));

        (await Stored.EventCountAsync(Host, generation)).ShouldBe(0);
        (await Stored.RecordRowsAsync(Host, generation)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_thing_of_the_same_name_in_another_account_or_region_is_unchanged()
    {
        var account = await database.NewIndexedAccountAsync();
        var elsewhere = account with { Region = "us-east-1" };
        var another = await database.NewIndexedAccountAsync();
        await Host.TurnOnAsync(elsewhere);
        foreach (var owner in new[] { account, elsewhere, another }) await Host.CreateAsync(owner, "lamp");

        await Host.AppendAsync(account, Connected("lamp", await Host.NowAsync()));

        (await Host.AskAsync(account, "lamp")).Record!.IsConnected.ShouldBeTrue();
        (await Host.AskAsync(elsewhere, "lamp")).Record!.Latest.ShouldBeNull();
        (await Host.AskAsync(another, "lamp")).Record!.Latest.ShouldBeNull();
    }

    [Fact]
    public async Task The_same_event_may_be_stored_once_in_each_of_two_accounts()
    {
        var (account, another) = (await database.NewIndexedAccountAsync(), await database.NewIndexedAccountAsync());
        await Host.CreateAsync(account, "lamp");
        await Host.CreateAsync(another, "lamp");
        var connect = Connected("lamp", await Host.NowAsync());

        (await Host.AppendAsync(account, connect)).ShouldBe([Outcome.Accepted]);
        (await Host.AppendAsync(another, connect)).ShouldBe([Outcome.Accepted]);
    }
}
