using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class IndexedPeriodTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void A_period_begins_when_the_thing_is_created_or_indexing_is_turned_on_whichever_is_later()
    {
        Period(created: 0, turnedOn: -10).BeganAt.ShouldBe(At(0));
        Period(created: 0, turnedOn: 10).BeganAt.ShouldBe(At(10));
    }

    [Fact]
    public void A_period_begins_on_a_whole_millisecond_as_event_times_do() =>
        IndexedPeriod.Of(ThingId, Noon.AddTicks(9_999), null, At(-10), null).BeganAt.ShouldBe(Noon);

    [Fact]
    public void An_event_may_be_2_minutes_older_than_the_indexed_period()
    {
        var period = Period(created: 0, turnedOn: -10);

        period.Includes(At(0)).ShouldBeTrue();
        period.Includes(At(-2)).ShouldBeTrue();
        period.Includes(At(-2) - Millisecond).ShouldBeFalse();
    }

    [Fact]
    public void A_thing_deleted_less_than_4_minutes_before_leaves_no_tolerance()
    {
        var period = IndexedPeriod.Of(ThingId, At(0), At(-4) + Millisecond, At(-100), null);

        period.Includes(At(0)).ShouldBeTrue();
        period.Includes(At(0) - Millisecond).ShouldBeFalse();
    }

    [Fact]
    public void A_thing_deleted_4_minutes_before_leaves_the_whole_tolerance() =>
        Period(created: 0, turnedOn: -100, deleted: -4).Includes(At(-2)).ShouldBeTrue();

    [Fact]
    public void Turning_indexing_off_less_than_4_minutes_before_leaves_no_tolerance()
    {
        Period(created: -100, turnedOff: -3, turnedOn: 0).Includes(At(0) - Millisecond).ShouldBeFalse();
        Period(created: -100, turnedOff: -4, turnedOn: 0).Includes(At(-2)).ShouldBeTrue();
    }

    [Fact]
    public void Turning_indexing_off_ends_no_period_of_a_thing_that_was_created_afterwards() =>
        Period(created: -1, turnedOff: -2, turnedOn: 0).PreviousPeriodEndedAt.ShouldBeNull();

    [Fact]
    public void Of_two_ends_of_previous_periods_the_later_counts()
    {
        Period(created: -50, deleted: -60, turnedOff: -3, turnedOn: 0).PreviousPeriodEndedAt.ShouldBe(At(-3));
        Period(created: 0, deleted: -1, turnedOff: -60, turnedOn: -50).PreviousPeriodEndedAt.ShouldBe(At(-1));
        Period(created: -1, deleted: -2, turnedOff: -3, turnedOn: 0).PreviousPeriodEndedAt.ShouldBe(At(-2));
    }

    [Fact]
    public void An_event_of_an_earlier_period_is_not_included_even_with_a_fast_clock() =>
        Period(created: 0, turnedOn: -100, deleted: -4.1).Includes(At(-4.1) + EventTime.Tolerance).ShouldBeFalse();

    private static IndexedPeriod Period(
        double created, double turnedOn, double? deleted = null, double? turnedOff = null) =>
        IndexedPeriod.Of(
            ThingId, At(created), deleted is { } d ? At(d) : null, At(turnedOn), turnedOff is { } o ? At(o) : null);
}
