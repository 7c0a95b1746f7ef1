using System.Text.Json.Nodes;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>Lifecycle events as they are posted.</summary>
public static class Event
{
    public static JsonObject Connected(string clientId, long version = 1, DateTimeOffset? at = null) =>
        Of(clientId, "connected", version, at);

    public static JsonObject Disconnected(string clientId, long version = 1, DateTimeOffset? at = null,
        string reason = "CONNECTION_LOST") =>
        Of(clientId, "disconnected", version, at).With("disconnectReason", reason);

    /// <summary>The event with another value of one member; null removes the member.</summary>
    public static JsonObject With(this JsonObject lifecycleEvent, string name, JsonNode? value)
    {
        if (value is null) lifecycleEvent.Remove(name);
        else lifecycleEvent[name] = value;
        return lifecycleEvent;
    }

    /// <summary>The event with the session's details and its socket's addresses.</summary>
    public static JsonObject WithDetails(this JsonObject lifecycleEvent) => lifecycleEvent
        .With("keepAliveDuration", 60).With("cleanSession", true).With("sessionExpiry", 3600)
        .With("sourceIp", "192.0.2.7").With("sourcePort", 50123)
        .With("targetIp", "198.51.100.9").With("targetPort", 8883)
        .With("vpcEndpointId", "vpce-0123456789");

    private static JsonObject Of(string clientId, string kind, long version, DateTimeOffset? at) => new()
    {
        ["clientId"] = clientId,
        ["eventType"] = kind,
        ["timestamp"] = (at ?? DateTimeOffset.UtcNow).ToUnixTimeMilliseconds(),
        ["sessionIdentifier"] = $"session-{version}",
        ["versionNumber"] = version,
    };
}
