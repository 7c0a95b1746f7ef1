using Connectivity.Domain.Lifecycle;

namespace Connectivity.Gateway.Presence;

/// <summary>
/// An event as published on <c>$aws/events/presence/</c>; a property is null if the event type does not have it.
/// </summary>
/// <param name="IpAddress">The client's address; sent only to subscribers that may receive it.</param>
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
    string? ConnectFailureReason = null,
    string? Source = null,
    DateTimeOffset? ConnectedAt = null,
    bool? Inferred = null)
{
    public static PresenceEvent Of(LifecycleEvent lifecycleEvent)
    {
        var disconnected = lifecycleEvent as ThingDisconnected;
        return new PresenceEvent(
            EventKind.Of(lifecycleEvent), lifecycleEvent.ClientId, lifecycleEvent.OccurredAt,
            lifecycleEvent.Connection.SessionIdentifier, lifecycleEvent.PrincipalIdentifier,
            disconnected is null ? lifecycleEvent.Socket.SourceIp : null,
            lifecycleEvent.Connection.VersionNumber, disconnected is null ? null : disconnected.ClientInitiated is true,
            disconnected?.Reason, Source: lifecycleEvent.Connection.Source, ConnectedAt: disconnected?.ConnectedAt,
            Inferred: disconnected?.Inferred);
    }

    /// <summary>
    /// A connect that was refused. The session identifier is a fresh one, because there was no session.
    /// </summary>
    public static PresenceEvent ConnectFailed(
        string clientId, DateTimeOffset occurredAt, string? principalIdentifier, string ipAddress) => new(
        "connect_failed", clientId, occurredAt, Guid.NewGuid().ToString("N"), principalIdentifier, ipAddress,
        ConnectFailureReason: "AUTHORIZATION_FAILED");
}
