namespace Connectivity.Domain.Lifecycle;

/// <summary>
/// What a source reports of a client: that it connected, or that it disconnected. Facts only, nothing derived. These
/// are the events of a thing's stream; the names they are stored under never change.
/// </summary>
/// <param name="ClientId">The MQTT client id. Only a client id that equals a thing's name is indexed.</param>
/// <param name="OccurredAt">The source's time, in whole milliseconds. <c>recordedAt</c> is the database's time.</param>
/// <param name="PrincipalIdentifier">The certificate id or identity that the client authenticated with.</param>
public abstract record LifecycleEvent(
    string ClientId,
    ConnectionKey Connection,
    DateTimeOffset OccurredAt,
    string? PrincipalIdentifier,
    SessionDetails Session,
    SocketInformation Socket);

/// <inheritdoc cref="LifecycleEvent"/>
public sealed record ThingConnected(
    string ClientId,
    ConnectionKey Connection,
    DateTimeOffset OccurredAt,
    string? PrincipalIdentifier,
    SessionDetails Session,
    SocketInformation Socket)
    : LifecycleEvent(ClientId, Connection, OccurredAt, PrincipalIdentifier, Session, Socket);

/// <inheritdoc cref="LifecycleEvent"/>
/// <param name="ReportedReason">As the source gave it, or null; <see cref="Reason"/> is the effective reason.</param>
/// <param name="ClientInitiated">Whether the client sent a DISCONNECT, if the source reports it.</param>
public sealed record ThingDisconnected(
    string ClientId,
    ConnectionKey Connection,
    DateTimeOffset OccurredAt,
    string? PrincipalIdentifier,
    SessionDetails Session,
    SocketInformation Socket,
    string? ReportedReason,
    bool? ClientInitiated)
    : LifecycleEvent(ClientId, Connection, OccurredAt, PrincipalIdentifier, Session, Socket)
{
    /// <summary>
    /// One of <see cref="DisconnectReason"/>: the reported reason, else derived from <see cref="ClientInitiated"/>,
    /// else unknown.
    /// </summary>
    public string Reason => ReportedReason
        ?? (ClientInitiated is true ? DisconnectReason.ClientInitiatedDisconnect : DisconnectReason.Unknown);
}
