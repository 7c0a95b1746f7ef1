using Connectivity.Domain.Lifecycle;
using CsCheck;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

/// <summary>
/// Properties of the record for a source that does not conform: it may depend on the order of events, but never is an
/// error.
/// </summary>
public sealed class RecordOfAnySourceTests
{
    [Fact]
    public void Any_events_give_a_record_of_one_reported_connection() =>
        AnyEvent.Any.Array[0, 20].Sample(
            events =>
            {
                var record = Record(events);

                record.ThingId.ShouldBe(ThingId);
                (record.Latest is null).ShouldBe(events.Length == 0);
                record.IsConnected.ShouldBe(record.Latest is ThingConnected);
                if (record.Connect is not null) events.ShouldContain(record.Connect);
                if (record.Disconnect is not null) events.ShouldContain(record.Disconnect);
                if (record is { Connect: not null, Disconnect: not null })
                    record.Connect.Connection.ShouldBe(record.Disconnect.Connection);
            },
            iter: 20_000);

    [Fact]
    public void The_latest_event_changes_nothing_when_it_is_repeated() =>
        AnyEvent.Any.Array[1, 20].Sample(
            events =>
            {
                var record = Record(events);
                ConnectivityRecord.Evolve(record, record.Latest!).ShouldBe(record);
                if (record.Connect is not null) ConnectivityRecord.Evolve(record, record.Connect).ShouldBe(record);
            },
            iter: 20_000);
}
