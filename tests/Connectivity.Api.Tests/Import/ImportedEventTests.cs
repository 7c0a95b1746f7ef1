using System.Buffers;
using System.Text;
using Connectivity.Api.Import;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Tests.Import;

/// <summary>The forms of lines that an import reads.</summary>
public sealed class ImportedEventTests
{
    private static readonly DateTimeOffset ConnectedAt = DateTimeOffset.FromUnixTimeMilliseconds(1756000000120);

    [Fact]
    public void Reads_a_presence_event_of_AWS()
    {
        var read = Read(
            """
            {"clientId":"dev-1","timestamp":1756000003450,"eventType":"disconnected","sessionIdentifier":"a4666d2a7d844ae4ac5d7b38c9cb7967","principalIdentifier":"1234567890abcdef","clientInitiatedDisconnect":false,"disconnectReason":"DUPLICATE_CLIENTID","versionNumber":7}
            """);

        var end = read.Event.ShouldBeOfType<ThingDisconnected>();
        end.Connection.ShouldBe(new ConnectionKey("http", "a4666d2a7d844ae4ac5d7b38c9cb7967", 7));
        (end.Reason, end.ClientInitiated, end.PrincipalIdentifier)
            .ShouldBe(("DUPLICATE_CLIENTID", false, "1234567890abcdef"));
        read.RecordedAt.ShouldBeNull();
    }

    [Fact]
    public void Reads_a_presence_event_in_a_payload_with_numbers_as_text()
    {
        var read = Read(
            """
            {"version":"1.0","messageId":"m","payload":{"clientId":"dev-1","timestamp":"1756000000120","eventType":"connected","sessionIdentifier":"s","ipAddress":"10.0.0.5","versionNumber":"12"}}
            """, source: "aws");

        var connect = read.Event.ShouldBeOfType<ThingConnected>();
        connect.OccurredAt.ShouldBe(ConnectedAt);
        connect.Connection.ShouldBe(new ConnectionKey("aws", "s", 12));
        connect.Socket.SourceIp.ShouldBe("10.0.0.5");
    }

    [Fact]
    public void Reads_both_events_of_a_connection_from_the_rules_of_EMQX()
    {
        var connect = Read(
            """
            {"event":"client.connected","timestamp":1756000000123,"node":"emqx@10.0.0.1","clientid":"dev-1","username":"u","mountpoint":"undefined","peername":"10.0.0.5:56431","sockname":"10.0.0.1:1883","proto_name":"MQTT","proto_ver":5,"keepalive":60,"clean_start":true,"receive_maximum":32,"expiry_interval":60,"is_bridge":false,"conn_props":{"User-Property":{"foo":"bar"}},"connected_at":1756000000120,"client_attrs":{}}
            """).Event.ShouldBeOfType<ThingConnected>();
        var end = Read(
            """
            {"event":"client.disconnected","timestamp":1756000003456,"node":"emqx@10.0.0.1","reason":"takenover","clientid":"dev-1","username":"undefined","peername":"10.0.0.5:56431","sockname":"[fe80::1]:1883","disconnected_at":1756000003450,"connected_at":1756000000120}
            """).Event.ShouldBeOfType<ThingDisconnected>();

        connect.Connection.ShouldBe(
            new ConnectionKey("emqx", "emqx@10.0.0.1|1756000000120|10.0.0.5:56431", 1756000000120));
        end.Connection.ShouldBe(connect.Connection);
        connect.OccurredAt.ShouldBe(ConnectedAt);
        connect.Session.ShouldBe(new SessionDetails(60, true, 60));
        connect.Socket.ShouldBe(new SocketInformation("10.0.0.5", 56431, "10.0.0.1", 1883, null));
        (connect.PrincipalIdentifier, end.PrincipalIdentifier).ShouldBe(("u", null));
        (end.Reason, end.ConnectedAt, end.OccurredAt)
            .ShouldBe(("DUPLICATE_CLIENTID", ConnectedAt, DateTimeOffset.FromUnixTimeMilliseconds(1756000003450)));
        end.Socket.TargetIp.ShouldBe("fe80::1");
    }

    [Fact]
    public void Reads_a_part_of_the_columns_of_EMQX() =>
        Read("""{"clientid":"dev-1","connected_at":1756000000120,"reason":"never_heard_of"}""", "x")
            .Event.ShouldBeNull("a disconnect needs its time");

    [Theory]
    [InlineData("{", "the line is not valid JSON")]
    [InlineData("[]", "an event must be a JSON object")]
    [InlineData("""{"clientId":"a"}""", "eventType, timestamp, sessionIdentifier, versionNumber are missing")]
    [InlineData("""{"event":"client.connack","clientid":"a"}""", "event is neither client.connected nor client.disconnected")]
    [InlineData("""{"event":"client.connected","clientid":"a"}""", "connected_at is missing: without it connections can't be told apart")]
    [InlineData("""{"event":"client.connected","connected_at":1756000000120,"clientid":""}""", "clientid is missing")]
    [InlineData("""{"event":"client.disconnected","connected_at":1756000000120,"disconnected_at":1756000000119,"clientid":"a"}""", "connectedAt is after timestamp")]
    [InlineData("""{"clientId":"a","eventType":"connected","timestamp":"x","sessionIdentifier":"s","versionNumber":1}""", "timestamp must be a whole number of milliseconds since 1970")]
    public void Names_what_is_wrong_with_a_line(string line, string error) => Read(line).Error.ShouldBe(error);

    private static ImportedEvent Read(string line, string? source = null) =>
        ImportedEvent.Read(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line)), source);
}
