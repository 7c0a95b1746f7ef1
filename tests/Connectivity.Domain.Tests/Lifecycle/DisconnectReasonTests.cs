using Connectivity.Domain.Lifecycle;
using static Connectivity.Domain.Tests.Lifecycle.Events;

namespace Connectivity.Domain.Tests.Lifecycle;

public sealed class DisconnectReasonTests
{
    [Theory]
    [InlineData("SERVER_ERROR", null, "SERVER_ERROR")]
    [InlineData("SERVER_ERROR", true, "SERVER_ERROR")]
    [InlineData(null, true, "CLIENT_INITIATED_DISCONNECT")]
    [InlineData(null, false, "UNKNOWN")]
    [InlineData(null, null, "UNKNOWN")]
    public void The_reported_reason_holds_else_what_is_known_of_the_client_else_it_is_unknown(
        string? reported, bool? clientInitiated, string reason) =>
        (Disconnected("a", 1, 0, reported) with { ClientInitiated = clientInitiated }).Reason.ShouldBe(reason);

    [Theory]
    [InlineData("AUTH_ERROR")]
    [InlineData("CLIENT_INITIATED_DISCONNECT")]
    [InlineData("CLIENT_ERROR")]
    [InlineData("CONNECTION_LOST")]
    [InlineData("DUPLICATE_CLIENTID")]
    [InlineData("FORBIDDEN_ACCESS")]
    [InlineData("MQTT_KEEP_ALIVE_TIMEOUT")]
    [InlineData("SERVER_ERROR")]
    [InlineData("SERVER_INITIATED_DISCONNECT")]
    [InlineData("API_INITIATED_DISCONNECT")]
    [InlineData("THROTTLED")]
    [InlineData("WEBSOCKET_TTL_EXPIRATION")]
    [InlineData("CUSTOMAUTH_TTL_EXPIRATION")]
    [InlineData("UNKNOWN")]
    [InlineData("A_REASON_OF_TOMORROW")]
    [InlineData("MQTT5")]
    public void An_event_may_carry_the_known_reasons_and_those_to_come(string reason) => DisconnectReason.IsValid(reason).ShouldBeTrue();

    [Theory]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("connection_lost")]
    [InlineData("CONNECTION LOST")]
    [InlineData("CONNECTION_LOST\n")]
    [InlineData("_LOST")]
    [InlineData("5G")]
    public void An_event_may_carry_nothing_else(string reason) => DisconnectReason.IsValid(reason).ShouldBeFalse();

    [Fact]
    public void A_reason_has_at_most_64_characters()
    {
        DisconnectReason.IsValid(new string('A', 64)).ShouldBeTrue();
        DisconnectReason.IsValid(new string('A', 65)).ShouldBeFalse();
    }
}
