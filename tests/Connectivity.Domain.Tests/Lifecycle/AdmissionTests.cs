using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class AdmissionTests
{
    private static readonly IndexedPeriod Life = new(ThingId, At(0), null);

    [Fact]
    public void An_event_of_the_present_life_is_stored() =>
        Admission.Refusal(Connected("a", 1, 1), true, Life, Backdating.Disallowed, At(2)).ShouldBeNull();

    [Fact]
    public void A_fault_of_its_time_rejects_an_event_before_anything_is_asked_of_the_thing()
    {
        var refusal = Admission.Refusal(Connected("a", 1, 10), false, null, Backdating.Allowed, At(2)).ShouldNotBeNull();

        refusal.Kind.ShouldBe(OutcomeKind.Rejected);
        refusal.Reason.ShouldBe(EventTime.Validate(At(10), At(2)));
    }

    [Fact]
    public void While_indexing_is_off_every_event_is_ignored_for_that_registered_or_not()
    {
        Admission.Refusal(Connected("a", 1, -60), false, Life, Backdating.Disallowed, At(2)).ShouldBe(Outcome.IndexingOff);
        Admission.Refusal(Connected("a", 1, 1), false, null, Backdating.Disallowed, At(2)).ShouldBe(Outcome.IndexingOff);
    }

    [Theory]
    [InlineData(Backdating.Disallowed)]
    [InlineData(Backdating.Allowed)]
    public void An_event_of_no_registered_thing_is_ignored_whatever_its_age(Backdating backdating) =>
        Admission.Refusal(Connected("a", 1, -60), true, null, backdating, At(2)).ShouldBe(Outcome.NotRegistered);

    [Fact]
    public void An_event_of_a_former_life_is_ignored() =>
        Admission.Refusal(Connected("a", 1, -3), true, Life, Backdating.Disallowed, At(2)).ShouldBe(Outcome.BeforeIndexedPeriod);

    [Fact]
    public void An_event_of_a_former_life_is_stored_where_any_age_is_wanted() =>
        Admission.Refusal(Connected("a", 1, -60), true, Life, Backdating.Allowed, At(2)).ShouldBeNull();

    [Fact]
    public void What_is_ignored_says_why()
    {
        foreach (var outcome in new[] { Outcome.IndexingOff, Outcome.NotRegistered, Outcome.BeforeIndexedPeriod })
        {
            outcome.Kind.ShouldBe(OutcomeKind.Ignored);
            outcome.Reason.ShouldNotBeNullOrEmpty();
        }
    }
}
