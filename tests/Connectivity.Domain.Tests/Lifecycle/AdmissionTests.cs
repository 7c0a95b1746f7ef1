using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class AdmissionTests
{
    private static readonly IndexedPeriod Period = new(ThingId, At(0), null);

    [Fact]
    public void An_event_in_the_indexed_period_is_stored() =>
        Admission.Refusal(Connected("a", 1, 1), true, Period, Backdating.Disallowed, At(2)).ShouldBeNull();

    [Fact]
    public void An_invalid_time_rejects_an_event_whatever_the_state_of_indexing_and_thing()
    {
        var refusal = Admission.Refusal(Connected("a", 1, 10), false, null, Backdating.Allowed, At(2))
            .ShouldNotBeNull();

        refusal.Kind.ShouldBe(OutcomeKind.Rejected);
        refusal.Reason.ShouldBe(EventTime.Validate(At(10), At(2)));
    }

    [Fact]
    public void While_indexing_is_off_every_event_is_ignored_whether_registered_or_not()
    {
        Admission.Refusal(Connected("a", 1, -60), false, Period, Backdating.Disallowed, At(2))
            .ShouldBe(Outcome.IndexingOff);
        Admission.Refusal(Connected("a", 1, 1), false, null, Backdating.Disallowed, At(2))
            .ShouldBe(Outcome.IndexingOff);
    }

    [Theory]
    [InlineData(Backdating.Disallowed)]
    [InlineData(Backdating.Allowed)]
    public void An_event_without_a_registered_thing_is_ignored_whatever_its_age(Backdating backdating) =>
        Admission.Refusal(Connected("a", 1, -60), true, null, backdating, At(2)).ShouldBe(Outcome.NotRegistered);

    [Fact]
    public void An_event_before_the_indexed_period_is_ignored() =>
        Admission.Refusal(Connected("a", 1, -3), true, Period, Backdating.Disallowed, At(2))
            .ShouldBe(Outcome.BeforeIndexedPeriod);

    [Fact]
    public void An_event_before_the_indexed_period_is_stored_where_backdating_is_allowed() =>
        Admission.Refusal(Connected("a", 1, -60), true, Period, Backdating.Allowed, At(2)).ShouldBeNull();

    [Fact]
    public void Every_ignored_outcome_has_a_reason()
    {
        foreach (var outcome in new[] { Outcome.IndexingOff, Outcome.NotRegistered, Outcome.BeforeIndexedPeriod })
        {
            outcome.Kind.ShouldBe(OutcomeKind.Ignored);
            outcome.Reason.ShouldNotBeNullOrEmpty();
        }
    }
}
