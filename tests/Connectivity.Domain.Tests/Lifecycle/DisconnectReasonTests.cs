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
    public void The_reason_is_the_reported_one_else_derived_from_client_initiated_else_unknown(
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
    [InlineData("A_FUTURE_REASON")]
    [InlineData("MQTT5")]
    public void Known_and_future_reasons_are_valid(string reason) => DisconnectReason.IsValid(reason).ShouldBeTrue();

    [Theory]
    [InlineData("NONE")]
    [InlineData("")]
    [InlineData("connection_lost")]
    [InlineData("CONNECTION LOST")]
    [InlineData("CONNECTION_LOST\n")]
    [InlineData("_LOST")]
    [InlineData("5G")]
    public void Other_texts_are_not_valid_reasons(string reason) => DisconnectReason.IsValid(reason).ShouldBeFalse();

    [Fact]
    public void A_reason_has_at_most_64_characters()
    {
        DisconnectReason.IsValid(new string('A', 64)).ShouldBeTrue();
        DisconnectReason.IsValid(new string('A', 65)).ShouldBeFalse();
    }
}
