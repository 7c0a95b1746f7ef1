using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class EventTimeTests
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void An_event_may_be_2_minutes_ahead_of_the_database_and_no_more()
    {
        EventTime.Validate(At(2), Noon).ShouldBeNull();
        EventTime.Validate(At(2) + Millisecond, Noon).ShouldNotBeNull().ShouldContain("in the future");
    }

    [Fact]
    public void A_time_before_the_year_2000_looks_like_seconds()
    {
        var newYear = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

        EventTime.Validate(newYear, Noon).ShouldBeNull();
        EventTime.Validate(newYear - Millisecond, Noon).ShouldNotBeNull().ShouldContain("looks like seconds");
        EventTime.Validate(DateTimeOffset.FromUnixTimeMilliseconds(Noon.ToUnixTimeSeconds()), Noon).ShouldNotBeNull()
            .ShouldContain("looks like seconds");
    }

    [Fact]
    public void The_extreme_times_are_refused_without_an_exception()
    {
        EventTime.Validate(DateTimeOffset.MaxValue, Noon).ShouldNotBeNull();
        EventTime.Validate(DateTimeOffset.MinValue, Noon).ShouldNotBeNull();
    }
}
