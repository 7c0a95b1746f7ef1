using Connectivity.Domain;
using Connectivity.Projections.Gateways;

namespace Connectivity.Projections.Tests.Gateways;

/// <summary>A lease expires only through time in which the database answered.</summary>
public sealed class ExpiryDetectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly ExpiryDetector _detector = new(TimeSpan.FromSeconds(15), longestGap: TimeSpan.FromSeconds(9));

    [Fact]
    public void A_lease_that_is_not_renewed_for_its_duration_expires()
    {
        for (var second = 0; second < 15; second += 3) Expired(second, renewed: 0).ShouldBeEmpty();
        Expired(15, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void A_lease_that_is_renewed_never_expires()
    {
        for (var second = 0; second < 120; second += 3) Expired(second, renewed: second - 1).ShouldBeEmpty();
    }

    [Fact]
    public void Time_before_the_first_reading_does_not_count()
    {
        Expired(1000, renewed: 0).ShouldBeEmpty();
        Expired(1003, renewed: 0).ShouldBeEmpty();
    }

    [Fact]
    public void Time_before_a_database_interruption_does_not_count()
    {
        for (var second = 0; second < 15; second += 3) Expired(second, renewed: 0).ShouldBeEmpty();
        _detector.Interrupt();
        for (var second = 15; second < 30; second += 3) Expired(second, renewed: 0).ShouldBeEmpty();
        Expired(30, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void Time_before_a_long_gap_between_readings_does_not_count()
    {
        for (var second = 0; second < 15; second += 3) Expired(second, renewed: 0).ShouldBeEmpty();
        for (var second = 60; second < 75; second += 3) Expired(second, renewed: 0).ShouldBeEmpty();
        Expired(75, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void No_lease_expires_within_its_duration_after_the_servers_start()
    {
        // Counting begins at the last reading within that time, at 12 s.
        for (var second = 0; second < 27; second += 3) Expired(second, renewed: 0, serverStarted: 0).ShouldBeEmpty();
        Expired(27, renewed: 0, serverStarted: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void A_clock_that_is_set_back_restarts_the_detection_of_expiry()
    {
        for (var second = 100; second < 115; second += 3) Expired(second, renewed: 0).ShouldBeEmpty();
        for (var second = 50; second < 65; second += 3) Expired(second, renewed: 0).ShouldBeEmpty();
        Expired(65, renewed: 0).ShouldBe(["other"]);
    }

    [Fact]
    public void An_expired_lease_is_not_reported_again()
    {
        for (var second = 0; second < 60; second += 3)
            _detector.Expired(Reading(second, new NodeLease(Other, "other", Start, IsExpired: true), serverStarted: -1000))
                .ShouldBeEmpty();
    }

    private static readonly Account Other = new("000000000000", "us-east-1");

    private IEnumerable<string> Expired(int second, int renewed, int serverStarted = -1000) =>
        _detector.Expired(
                Reading(second, new NodeLease(Other, "other", Start.AddSeconds(renewed), IsExpired: false), serverStarted))
            .Select(node => node.NodeId);

    private static LeaseSnapshot Reading(int second, NodeLease other, int serverStarted) =>
        new(Start.AddSeconds(second), Start.AddSeconds(serverStarted), [other]);
}
