using Connectivity.Domain.Lifecycle;
using CsCheck;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class ConnectionOrderTests
{
    [Theory]
    [InlineData("a", 2, 0, "b", 1, 5)] // the higher number, though earlier
    [InlineData("a", 2, 0, "b", 1, 30)] // exactly 30 minutes older is no fall-back
    [InlineData("a", 1, 30.1, "b", 2, 0)] // more than 30 minutes older is one
    [InlineData("a", 1, 1, "b", 1, 0)] // equal numbers: the later
    [InlineData("b", 1, 0, "a", 1, 0)] // equal numbers and times: the identifier
    [InlineData("a", 0, 0, "a", -1, 0)] // numbers below zero are numbers
    [InlineData("a", long.MaxValue, 0, "a", long.MinValue, 0)]
    public void The_higher_number_is_newer_then_the_later_time_then_the_greater_identifier(
        string newer, long newerVersion, double newerAt, string older, long olderVersion, double olderAt)
    {
        var (one, other) =
            (new ConnectionKey("http", newer, newerVersion), new ConnectionKey("http", older, olderVersion));

        ConnectionOrder.Compare(one, At(newerAt), other, At(olderAt)).ShouldBePositive();
        ConnectionOrder.Compare(other, At(olderAt), one, At(newerAt)).ShouldBeNegative();
    }

    [Fact]
    public void One_millisecond_beyond_30_minutes_is_a_fall_back()
    {
        var (higher, lower) = (new ConnectionKey("http", "a", 2), new ConnectionKey("http", "b", 1));

        ConnectionOrder.Compare(higher, Noon, lower, Noon.AddMinutes(30)).ShouldBePositive();
        ConnectionOrder.Compare(higher, Noon, lower, Noon.AddMinutes(30).AddMilliseconds(1)).ShouldBeNegative();
    }

    [Theory]
    [InlineData("http", "a", 1, 1, "gateway", "b", 2, 0)]
    [InlineData("gateway", "b", 1, 0, "http", "a", 2, 0)]
    [InlineData("http", "a", 1, 0, "gateway", "a", 2, 0)]
    public void Across_sources_the_later_is_newer_then_the_identifier_then_the_source(
        string newerSource, string newer, long newerVersion, double newerAt,
        string olderSource, string older, long olderVersion, double olderAt)
    {
        var (one, other) =
            (new ConnectionKey(newerSource, newer, newerVersion), new ConnectionKey(olderSource, older, olderVersion));

        ConnectionOrder.Compare(one, At(newerAt), other, At(olderAt)).ShouldBePositive();
        ConnectionOrder.Compare(other, At(olderAt), one, At(newerAt)).ShouldBeNegative();
    }

    [Fact]
    public void Of_any_two_connections_one_is_newer_and_the_other_older()
    {
        var events = Gen.Select(AnyEvent.Connections, AnyEvent.Times);

        Gen.Select(events, events).Sample(
            (one, other) =>
            {
                var order = ConnectionOrder.Compare(one.Item1, one.Item2, other.Item1, other.Item2);
                (order == 0).ShouldBe(one.Item1 == other.Item1);
                Math.Sign(order).ShouldBe(
                    -Math.Sign(ConnectionOrder.Compare(other.Item1, other.Item2, one.Item1, one.Item2)));
            },
            iter: 20_000);
    }
}
