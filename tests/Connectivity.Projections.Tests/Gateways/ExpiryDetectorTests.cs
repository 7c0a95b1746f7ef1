using Connectivity.Projections.Gateways;

namespace Connectivity.Projections.Tests.Gateways;

/// <summary>A lease lapses only by time in which the database answered.</summary>
public sealed class ExpiryDetectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly ExpiryDetector _detector = new(TimeSpan.FromSeconds(15), longestGap: TimeSpan.FromSeconds(9));

    [Fact]
    public void A_node_that_does_not_renew_for_as_long_as_the_lease_has_lapsed()
    {
        for (var second = 0; second < 15; second += 3) Lapsed(second, renewed: 0).ShouldBeEmpty();
        Lapsed(15, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void A_node_that_renews_never_lapses()
    {
        for (var second = 0; second < 120; second += 3) Lapsed(second, renewed: second - 1).ShouldBeEmpty();
    }

    [Fact]
    public void What_was_not_renewed_before_the_first_look_does_not_count()
    {
        Lapsed(1000, renewed: 0).ShouldBeEmpty();
        Lapsed(1003, renewed: 0).ShouldBeEmpty();
    }

    [Fact]
    public void After_the_database_did_not_answer_the_time_before_does_not_count()
    {
        for (var second = 0; second < 15; second += 3) Lapsed(second, renewed: 0).ShouldBeEmpty();
        _detector.Interrupt();
        for (var second = 15; second < 30; second += 3) Lapsed(second, renewed: 0).ShouldBeEmpty();
        Lapsed(30, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void After_a_gap_the_time_before_does_not_count()
    {
        for (var second = 0; second < 15; second += 3) Lapsed(second, renewed: 0).ShouldBeEmpty();
        for (var second = 60; second < 75; second += 3) Lapsed(second, renewed: 0).ShouldBeEmpty();
        Lapsed(75, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void Nothing_lapses_within_the_lease_of_the_servers_start()
    {
        // What was seen last within that time, at 12 s, is where counting begins.
        for (var second = 0; second < 27; second += 3) Lapsed(second, renewed: 0, serverStarted: 0).ShouldBeEmpty();
        Lapsed(27, renewed: 0, serverStarted: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void A_clock_that_goes_back_begins_anew()
    {
        for (var second = 100; second < 115; second += 3) Lapsed(second, renewed: 0).ShouldBeEmpty();
        for (var second = 50; second < 65; second += 3) Lapsed(second, renewed: 0).ShouldBeEmpty();
        Lapsed(65, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void A_node_whose_lease_has_lapsed_already_is_not_told_again()
    {
        for (var second = 0; second < 60; second += 3)
            _detector.Expired(Reading(second, new NodeLease("other", Start, IsExpired: true), serverStarted: -1000)).ShouldBeEmpty();
    }

    private IEnumerable<string> Lapsed(int second, int renewed, int serverStarted = -1000) =>
        _detector.Expired(Reading(second, new NodeLease("other", Start.AddSeconds(renewed), IsExpired: false), serverStarted)).Select(node => node.NodeId);

    private static LeaseSnapshot Reading(int second, NodeLease other, int serverStarted) =>
        new(Own: null, Start.AddSeconds(second), Start.AddSeconds(serverStarted), [other]);
}
