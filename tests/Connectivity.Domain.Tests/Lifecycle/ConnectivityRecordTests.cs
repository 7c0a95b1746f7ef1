using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class ConnectivityRecordTests
{
    [Fact]
    public void A_thing_without_events_is_disconnected_for_an_unknown_reason()
    {
        var record = ConnectivityRecord.NeverConnected(ThingId);

        record.IsConnected.ShouldBeFalse();
        record.DisconnectReason.ShouldBe("UNKNOWN");
        record.OccurredAt.ShouldBeNull();
        record.Latest.ShouldBeNull();
        record.Session.ShouldBe(SessionDetails.None);
        record.Socket.ShouldBe(SocketInformation.None);
    }

    [Fact]
    public void A_connect_makes_a_thing_connected_since_its_time()
    {
        var record = Record(Connected("a", 1, 0));

        record.IsConnected.ShouldBeTrue();
        record.DisconnectReason.ShouldBe("NONE");
        record.OccurredAt.ShouldBe(At(0));
        record.ThingId.ShouldBe(ThingId);
    }

    [Fact]
    public void A_disconnect_sets_the_time_and_the_reason()
    {
        var record = InEveryOrder(Connected("a", 1, 0), Disconnected("a", 1, 5, DisconnectReason.MqttKeepAliveTimeout));

        record.IsConnected.ShouldBeFalse();
        record.DisconnectReason.ShouldBe("MQTT_KEEP_ALIVE_TIMEOUT");
        record.OccurredAt.ShouldBe(At(5));
    }

    [Fact]
    public void A_disconnect_without_its_connect_still_disconnects_the_thing()
    {
        var record = Record(Disconnected("a", 1, 5));

        record.IsConnected.ShouldBeFalse();
        record.DisconnectReason.ShouldBe("CONNECTION_LOST");
    }

    [Fact]
    public void A_connect_that_arrives_after_its_disconnect_fills_in_details_and_leaves_the_thing_disconnected()
    {
        var connect = Connected("a", 1, 0) with
        {
            Session = new SessionDetails(60, true, null),
            Socket = new SocketInformation("192.0.2.1", 49152, null, null, null),
        };
        var disconnect = Disconnected("a", 1, 5) with
        {
            Session = new SessionDetails(1, null, 3600),
            Socket = new SocketInformation(null, 1, "198.51.100.1", 8883, "vpce-1"),
        };

        var overtaken = Record(disconnect);
        overtaken.Session.ShouldBe(new SessionDetails(1, null, 3600));

        var record = ConnectivityRecord.Evolve(overtaken, connect);
        record.ShouldNotBe(overtaken);
        record.IsConnected.ShouldBeFalse();
        record.OccurredAt.ShouldBe(At(5));
        record.Session.ShouldBe(new SessionDetails(60, true, 3600));
        record.Socket.ShouldBe(new SocketInformation("192.0.2.1", 49152, "198.51.100.1", 8883, "vpce-1"));
        record.ShouldBe(Record(connect, disconnect));
    }

    [Fact]
    public void A_disconnect_with_a_time_before_its_own_connect_still_outranks_it() =>
        InEveryOrder(Connected("a", 1, 2), Disconnected("a", 1, -2)).IsConnected.ShouldBeFalse();

    [Fact]
    public void A_late_duplicate_clientid_disconnect_of_a_superseded_connection_never_shows_the_thing_offline()
    {
        LifecycleEvent[] events =
        [
            Connected("a", 1, 0), Connected("b", 2, 20), Disconnected("a", 1, 30, DisconnectReason.DuplicateClientId),
        ];

        foreach (var order in Orders(events))
        {
            var record = ConnectivityRecord.NeverConnected(ThingId);
            var newestArrived = false;
            foreach (var next in order)
            {
                record = ConnectivityRecord.Evolve(record, next);
                newestArrived |= next == events[1];
                if (newestArrived) record.ShouldBe(Record(events[1]));
            }
        }
    }

    [Fact]
    public void A_superseding_connection_is_newer_at_the_limit_of_every_tolerance() =>
        // The old connection ends 10 minutes after its successor's connect; their clocks are 2 minutes fast and 2
        // minutes slow.
        InEveryOrder(Connected("b", 2, 20 - 2), Disconnected("a", 1, 20 + 10 + 2)).IsConnected.ShouldBeTrue();

    [Fact]
    public void A_chain_of_superseding_connections_ends_with_the_last() =>
        InEveryOrder(
                Connected("d", 1, 0), Connected("c", 2, 1), Disconnected("d", 1, 11), Connected("b", 3, 2),
                Disconnected("c", 2, 12),
                Connected("a", 7, 3), Disconnected("b", 3, 13))
            .Latest.ShouldBe(Connected("a", 7, 3));

    [Fact]
    public void After_an_hour_offline_the_version_numbers_may_fall_back() =>
        InEveryOrder(Connected("z", 9, 0), Disconnected("z", 9, 5), Connected("a", 0, 65)).Latest
            .ShouldBe(Connected("a", 0, 65));

    [Fact]
    public void A_fall_back_of_version_numbers_is_recognized_at_the_limit_of_every_tolerance() =>
        // Offline from 20 on; the superseded connection ends at 30, by a fast clock; the next begins at 80, by a slow
        // one.
        InEveryOrder(
                Connected("y", 8, 0), Connected("z", 9, 20), Disconnected("z", 9, 20), Disconnected("y", 8, 30 + 2),
                Connected("a", 0, 80 - 2))
            .Latest.ShouldBe(Connected("a", 0, 78));

    [Fact]
    public void The_disconnect_of_a_long_session_is_newer_than_connections_before_its_connect() =>
        InEveryOrder(
            Connected("z", 9, 0), Disconnected("z", 9, 5), Connected("a", 0, 65), Disconnected("a", 0, 3 * 24 * 60))
            .Latest.ShouldBe(Disconnected("a", 0, 3 * 24 * 60));

    [Fact]
    public void After_an_hour_offline_another_session_may_use_the_same_version_number() =>
        InEveryOrder(Connected("z", 0, 0), Disconnected("z", 0, 5), Connected("a", 0, 65)).IsConnected.ShouldBeTrue();

    [Fact]
    public void Of_two_disconnects_of_a_connection_the_later_wins_whatever_its_reason() =>
        InEveryOrder(Disconnected("a", 1, 5, "Z"), Disconnected("a", 1, 6, "A")).DisconnectReason.ShouldBe("A");

    [Fact]
    public void Of_two_disconnects_at_the_same_time_the_reason_with_the_greater_name_wins() =>
        InEveryOrder(Disconnected("a", 1, 5, "A"), Disconnected("a", 1, 5, "B"), Disconnected("a", 1, 5, null))
            .DisconnectReason.ShouldBe("UNKNOWN");

    [Fact]
    public void Of_two_connects_of_a_connection_the_later_wins() =>
        InEveryOrder(Connected("a", 1, 5), Connected("a", 1, 6)).OccurredAt.ShouldBe(At(6));

    [Fact]
    public void Across_sources_the_later_event_is_newer_whatever_the_version_numbers() =>
        InEveryOrder(Connected("a", 1_000_000, 0, source: "gateway"), Disconnected("a", 1, 1, source: "http"))
            .Latest.ShouldBe(Disconnected("a", 1, 1, source: "http"));
}
