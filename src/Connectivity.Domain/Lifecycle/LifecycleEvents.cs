using System.Text.Json.Serialization;

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
    SocketInformation Socket)
{
    /// <summary>
    /// The time that the event counts with where connections are ordered: that of its connection's connect where it
    /// bears it, else its own.
    /// </summary>
    [JsonIgnore]
    public abstract DateTimeOffset ConnectionTime { get; }
}

/// <inheritdoc cref="LifecycleEvent"/>
public sealed record ThingConnected(
    string ClientId,
    ConnectionKey Connection,
    DateTimeOffset OccurredAt,
    string? PrincipalIdentifier,
    SessionDetails Session,
    SocketInformation Socket)
    : LifecycleEvent(ClientId, Connection, OccurredAt, PrincipalIdentifier, Session, Socket)
{
    public override DateTimeOffset ConnectionTime => OccurredAt;
}

/// <inheritdoc cref="LifecycleEvent"/>
/// <param name="ReportedReason">As the source gave it, or null; <see cref="Reason"/> is the effective reason.</param>
/// <param name="ClientInitiated">Whether the client sent a DISCONNECT, if the source reports it.</param>
/// <param name="ConnectedAt">
/// When the connection began, by the clock of its connect, if the source reports it; never after
/// <see cref="LifecycleEvent.OccurredAt"/>.
/// </param>
/// <param name="Inferred">
/// Whether the end was not reported by its observer but concluded by the system: the gateway node died or was frozen.
/// </param>
public sealed record ThingDisconnected(
    string ClientId,
    ConnectionKey Connection,
    DateTimeOffset OccurredAt,
    string? PrincipalIdentifier,
    SessionDetails Session,
    SocketInformation Socket,
    string? ReportedReason,
    bool? ClientInitiated,
    DateTimeOffset? ConnectedAt = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    bool Inferred = false)
    : LifecycleEvent(ClientId, Connection, OccurredAt, PrincipalIdentifier, Session, Socket)
{
    public override DateTimeOffset ConnectionTime => ConnectedAt ?? OccurredAt;

    /// <summary>
    /// The end of a connection whose gateway node died or was frozen: <c>SERVER_ERROR</c>, at the last moment the node was
    /// known alive, and not before the connect. Every host infers the same event.
    /// </summary>
    public static ThingDisconnected ByDeathOfNode(
        string clientId, ConnectionKey connection, DateTimeOffset connectedAt, string? principalIdentifier,
        DateTimeOffset lastAlive)
    {
        var alive = EventTime.Truncate(lastAlive);
        return new ThingDisconnected(
            clientId, connection, alive > connectedAt ? alive : connectedAt, principalIdentifier, SessionDetails.None,
            SocketInformation.None, DisconnectReason.ServerError, ClientInitiated: false, connectedAt, Inferred: true);
    }

    /// <summary>
    /// One of <see cref="DisconnectReason"/>: the reported reason, else derived from <see cref="ClientInitiated"/>,
    /// else unknown.
    /// </summary>
    public string Reason => ReportedReason
        ?? (ClientInitiated is true ? DisconnectReason.ClientInitiatedDisconnect : DisconnectReason.Unknown);
}
