using System.Text.Json;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Projections.StoredForm;

/// <summary>
/// The stored form of an event: its facts, and nothing where one is not known. The names never change, and every form
/// that an earlier release wrote is read; a member of a later release is skipped.
/// </summary>
internal static class StoredEventJson
{
    /// <param name="isLate">
    /// Whether it did not change the record when it was stored. Not a fact of its source, but of its place in the
    /// stream.
    /// </param>
    public static void Write(Utf8JsonWriter writer, LifecycleEvent lifecycleEvent, bool isLate = false)
    {
        writer.WriteStartObject();
        WriteMembers(writer, lifecycleEvent);
        if (isLate) writer.WriteBoolean("late"u8, true);
        writer.WriteEndObject();
    }

    /// <param name="type">The column <c>type</c>.</param>
    /// <exception cref="InvalidDataException">A later release knows this type.</exception>
    public static LifecycleEvent Read(string type, ReadOnlySpan<byte> json) => Read(type, json, out _);

    /// <inheritdoc cref="Read(string, ReadOnlySpan{byte})"/>
    /// <param name="isLate">False, too, where an earlier release stored the event.</param>
    public static LifecycleEvent Read(string type, ReadOnlySpan<byte> json, out bool isLate)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var read = StoredEventMembers.Read(ref reader);
        isLate = read.IsLate;
        return type switch
        {
            ConnectivityStore.ThingConnectedName => read.ToConnected(),
            ConnectivityStore.ThingDisconnectedName => read.ToDisconnected(),
            _ => throw new InvalidDataException($"Unknown type of event: {type}"),
        };
    }

    public static ThingConnected ReadConnected(ref Utf8JsonReader reader) =>
        StoredEventMembers.Read(ref reader).ToConnected();

    public static ThingDisconnected ReadDisconnected(ref Utf8JsonReader reader) =>
        StoredEventMembers.Read(ref reader).ToDisconnected();

    private static void WriteMembers(Utf8JsonWriter writer, LifecycleEvent lifecycleEvent)
    {
        writer.WriteString("clientId"u8, lifecycleEvent.ClientId);
        writer.WriteStartObject("connection"u8);
        writer.WriteString("source"u8, lifecycleEvent.Connection.Source);
        writer.WriteString("sessionIdentifier"u8, lifecycleEvent.Connection.SessionIdentifier);
        writer.WriteNumber("versionNumber"u8, lifecycleEvent.Connection.VersionNumber);
        writer.WriteEndObject();
        writer.WriteString("occurredAt"u8, lifecycleEvent.OccurredAt);
        if (lifecycleEvent.PrincipalIdentifier is { } principal) writer.WriteString("principalIdentifier"u8, principal);
        if (lifecycleEvent.Session != SessionDetails.None) WriteSession(writer, lifecycleEvent.Session);
        if (lifecycleEvent.Socket != SocketInformation.None) WriteSocket(writer, lifecycleEvent.Socket);
        if (lifecycleEvent is not ThingDisconnected disconnect) return;
        if (disconnect.ReportedReason is { } reason) writer.WriteString("reportedReason"u8, reason);
        if (disconnect.ClientInitiated is { } clientInitiated)
            writer.WriteBoolean("clientInitiated"u8, clientInitiated);
        if (disconnect.ConnectedAt is { } connectedAt) writer.WriteString("connectedAt"u8, connectedAt);
        if (disconnect.Inferred) writer.WriteBoolean("inferred"u8, true);
    }

    private static void WriteSession(Utf8JsonWriter writer, SessionDetails session)
    {
        writer.WriteStartObject("session"u8);
        if (session.KeepAliveDuration is { } keepAlive) writer.WriteNumber("keepAliveDuration"u8, keepAlive);
        if (session.CleanSession is { } cleanSession) writer.WriteBoolean("cleanSession"u8, cleanSession);
        if (session.SessionExpiry is { } sessionExpiry) writer.WriteNumber("sessionExpiry"u8, sessionExpiry);
        writer.WriteEndObject();
    }

    private static void WriteSocket(Utf8JsonWriter writer, SocketInformation socket)
    {
        writer.WriteStartObject("socket"u8);
        if (socket.SourceIp is { } sourceIp) writer.WriteString("sourceIp"u8, sourceIp);
        if (socket.SourcePort is { } sourcePort) writer.WriteNumber("sourcePort"u8, sourcePort);
        if (socket.TargetIp is { } targetIp) writer.WriteString("targetIp"u8, targetIp);
        if (socket.TargetPort is { } targetPort) writer.WriteNumber("targetPort"u8, targetPort);
        if (socket.VpcEndpointId is { } vpcEndpointId) writer.WriteString("vpcEndpointId"u8, vpcEndpointId);
        writer.WriteEndObject();
    }
}
