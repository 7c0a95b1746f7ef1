using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Presence;

/// <summary>What happened to a client, as it is told on <c>$aws/events/presence/</c>; null is what the kind does not have.</summary>
/// <param name="IpAddress">Where the client came from; told only to those who may know, and only by events that have it.</param>
internal sealed record PresenceEvent(
    string EventType,
    string ClientId,
    DateTimeOffset OccurredAt,
    string SessionIdentifier,
    string? PrincipalIdentifier,
    string? IpAddress,
    long? VersionNumber = null,
    bool? ClientInitiatedDisconnect = null,
    string? DisconnectReason = null,
    string? ConnectFailureReason = null)
{
    public static PresenceEvent Of(LifecycleEvent lifecycleEvent)
    {
        var disconnected = lifecycleEvent as ThingDisconnected;
        return new PresenceEvent(
            EventKind.Of(lifecycleEvent), lifecycleEvent.ClientId, lifecycleEvent.OccurredAt, lifecycleEvent.Connection.SessionIdentifier,
            lifecycleEvent.PrincipalIdentifier, disconnected is null ? lifecycleEvent.Socket.SourceIp : null,
            lifecycleEvent.Connection.VersionNumber, disconnected is null ? null : disconnected.ClientInitiated is true, disconnected?.Reason);
    }

    /// <summary>A connect that was refused. It has a session identifier of its own, as it never had a session.</summary>
    public static PresenceEvent ConnectFailed(string clientId, DateTimeOffset occurredAt, string? principalIdentifier, string ipAddress) => new(
        "connect_failed", clientId, occurredAt, Guid.NewGuid().ToString("N"), principalIdentifier, ipAddress,
        ConnectFailureReason: "AUTHORIZATION_FAILED");
}
