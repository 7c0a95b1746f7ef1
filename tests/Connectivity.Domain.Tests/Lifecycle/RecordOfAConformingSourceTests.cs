using Connectivity.Domain.Lifecycle;
using Connectivity.Testing.Lifecycle;
using CsCheck;

namespace Connectivity.Domain.Tests.Lifecycle;

/// <summary>
/// Rule 2 (order) for every set of events that one conforming source can emit. A failure prints its seed: set the
/// environment variable <c>CsCheck_Seed</c> to repeat the case.
/// </summary>
public sealed class RecordOfAConformingSourceTests
{
    private const string ThingId = Events.ThingId;

    private static readonly Gen<Delivery> Deliveries = ConformingSource.Deliveries();

    [Fact]
    public void After_every_event_the_record_is_that_of_the_newest_connection_so_far() =>
        Deliveries.Sample(
            delivery =>
            {
                var record = ConnectivityRecord.NeverConnected(ThingId);
                var arrived = new List<Report>();
                foreach (var report in delivery.Arrivals)
                {
                    record = ConnectivityRecord.Evolve(record, report.Event);
                    arrived.Add(report);
                    if (record != TrueHistory.TrueRecord(ThingId, arrived))
                        throw new InvalidOperationException($"wrong after:\n{TrueHistory.Print(arrived)}got {record}");
                }
            },
            iter: 100_000, print: delivery => delivery.ToString());

    [Fact]
    public void Every_order_of_the_same_events_ends_in_the_same_record() =>
        Deliveries.Sample(
            delivery =>
            {
                var reports = delivery.Arrivals.Distinct().Take(5).ToArray();
                var expected = TrueHistory.TrueRecord(ThingId, reports);
                foreach (var order in Events.Orders(reports))
                    if (Fold(order) != expected)
                        throw new InvalidOperationException($"another record from:\n{TrueHistory.Print(order)}");
            },
            iter: 5_000, print: delivery => delivery.ToString());

    [Fact]
    public void A_repeated_event_changes_nothing() =>
        Deliveries.Sample(
            delivery =>
            {
                var record = Fold(delivery.Arrivals);
                foreach (var report in delivery.Arrivals)
                    ConnectivityRecord.Evolve(record, report.Event).ShouldBe(record);
            },
            iter: 5_000, print: delivery => delivery.ToString());

    [Fact]
    public void An_event_of_an_older_connection_changes_nothing() =>
        Deliveries.Sample(
            delivery =>
            {
                var record = Fold(delivery.Arrivals);
                var newest = delivery.Arrivals.Max(report => report.Ordinal);
                foreach (var report in delivery.History.Reports.Where(report => report.Ordinal < newest))
                    ConnectivityRecord.Evolve(record, report.Event).ShouldBeSameAs(record);
            },
            iter: 5_000, print: delivery => delivery.ToString());

    [Fact]
    public void Every_event_of_a_history_has_a_unique_id() =>
        ConformingSource.Histories().Sample(
            history => history.Reports
                .Select(report => EventId.Of(new Account("000000000000", "us-east-1"), 1, ThingId, report.Event))
                .ShouldBeUnique(),
            iter: 2_000, print: history => TrueHistory.Print(history.Reports));

    [Fact]
    public void Every_connection_of_a_history_has_a_unique_key() =>
        ConformingSource.Histories().Sample(
            history => history.Reports.DistinctBy(report => report.Ordinal).Select(report => report.Event.Connection)
                .ShouldBeUnique(),
            iter: 2_000, print: history => TrueHistory.Print(history.Reports));

    private static ConnectivityRecord Fold(IEnumerable<Report> reports) =>
        Events.Record([.. reports.Select(report => report.Event)]);
}
