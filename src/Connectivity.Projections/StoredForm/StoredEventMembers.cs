using System.Text.Json;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.StoredForm;

/// <summary>The members of a stored event, of either kind, as <see cref="StoredEventJson"/> writes them.</summary>
internal struct StoredEventMembers
{
    public string ClientId;
    public ConnectionKey Connection;
    public DateTimeOffset OccurredAt;
    public string? Principal;
    public SessionDetails Session;
    public SocketInformation Socket;
    public string? ReportedReason;
    public bool? ClientInitiated;
    public DateTimeOffset? ConnectedAt;
    public bool Inferred;
    public bool IsLate;

    public readonly ThingConnected ToConnected() =>
        new(ClientId, Connection, OccurredAt, Principal, Session, Socket);

    public readonly ThingDisconnected ToDisconnected() => new(
        ClientId, Connection, OccurredAt, Principal, Session, Socket, ReportedReason, ClientInitiated, ConnectedAt,
        Inferred);

    /// <param name="reader">At the start of the object; afterwards at its end.</param>
    public static StoredEventMembers Read(ref Utf8JsonReader reader)
    {
        var read = new StoredEventMembers
        {
            ClientId = "",
            Session = SessionDetails.None,
            Socket = SocketInformation.None,
        };
        while (reader.ReadsMember())
        {
            if (reader.IsMember("clientId"u8)) read.ClientId = reader.GetString() ?? "";
            else if (reader.IsMember("connection"u8)) read.Connection = ReadConnection(ref reader);
            else if (reader.IsMember("occurredAt"u8)) read.OccurredAt = reader.GetDateTimeOffset();
            else if (reader.IsMember("principalIdentifier"u8)) read.Principal = reader.GetString();
            else if (reader.IsMember("session"u8)) read.Session = ReadSession(ref reader);
            else if (reader.IsMember("socket"u8)) read.Socket = ReadSocket(ref reader);
            else if (reader.IsMember("reportedReason"u8)) read.ReportedReason = reader.GetString();
            else if (reader.IsMember("clientInitiated"u8)) read.ClientInitiated = reader.GetBooleanOrNull();
            else if (reader.IsMember("connectedAt"u8)) read.ConnectedAt = reader.GetTimeOrNull();
            else if (reader.IsMember("inferred"u8)) read.Inferred = reader.GetBoolean();
            else if (reader.IsMember("late"u8)) read.IsLate = reader.GetBoolean();
            else reader.SkipMember();
        }

        return read;
    }

    private static ConnectionKey ReadConnection(ref Utf8JsonReader reader)
    {
        var (source, sessionIdentifier, versionNumber) = ("", "", 0L);
        while (reader.ReadsMember())
        {
            if (reader.IsMember("source"u8)) source = ReadSource(ref reader);
            else if (reader.IsMember("sessionIdentifier"u8)) sessionIdentifier = reader.GetString() ?? "";
            else if (reader.IsMember("versionNumber"u8)) versionNumber = reader.GetInt64();
            else reader.SkipMember();
        }

        return new ConnectionKey(source, sessionIdentifier, versionNumber);
    }

    private static SessionDetails ReadSession(ref Utf8JsonReader reader)
    {
        int? keepAlive = null;
        bool? cleanSession = null;
        long? sessionExpiry = null;
        while (reader.ReadsMember())
        {
            if (reader.IsMember("keepAliveDuration"u8)) keepAlive = (int?)reader.GetNumberOrNull();
            else if (reader.IsMember("cleanSession"u8)) cleanSession = reader.GetBooleanOrNull();
            else if (reader.IsMember("sessionExpiry"u8)) sessionExpiry = reader.GetNumberOrNull();
            else reader.SkipMember();
        }

        return keepAlive is null && cleanSession is null && sessionExpiry is null
            ? SessionDetails.None
            : new SessionDetails(keepAlive, cleanSession, sessionExpiry);
    }

    private static SocketInformation ReadSocket(ref Utf8JsonReader reader)
    {
        (string? sourceIp, string? targetIp, string? vpcEndpointId) = (null, null, null);
        (int? sourcePort, int? targetPort) = (null, null);
        while (reader.ReadsMember())
        {
            if (reader.IsMember("sourceIp"u8)) sourceIp = reader.GetString();
            else if (reader.IsMember("sourcePort"u8)) sourcePort = (int?)reader.GetNumberOrNull();
            else if (reader.IsMember("targetIp"u8)) targetIp = reader.GetString();
            else if (reader.IsMember("targetPort"u8)) targetPort = (int?)reader.GetNumberOrNull();
            else if (reader.IsMember("vpcEndpointId"u8)) vpcEndpointId = reader.GetString();
            else reader.SkipMember();
        }

        var read = new SocketInformation(sourceIp, sourcePort, targetIp, targetPort, vpcEndpointId);
        return read == SocketInformation.None ? SocketInformation.None : read;
    }

    /// <summary>Most events are of the same sources.</summary>
    private static string ReadSource(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals(EventSource.Gateway) ? EventSource.Gateway
        : reader.ValueTextEquals(EventSource.Http) ? EventSource.Http
        : reader.GetString() ?? "";
}
