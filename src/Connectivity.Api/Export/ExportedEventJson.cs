using System.Text.Json;
using Connectivity.Domain.Lifecycle;
using Connectivity.Projections.History;

namespace Connectivity.Api.Export;

/// <summary>
/// An event as it is exported: the form that <c>POST /v1/lifecycle-events</c> takes, with <c>thingName</c>,
/// <c>position</c>, <c>recordedAt</c> and <c>outcome</c>. What is not known is absent.
/// </summary>
public static class ExportedEventJson
{
    /// <param name="includeSocketInformation">Whether addresses are written.</param>
    public static void Write(Utf8JsonWriter writer, RecordedEvent recorded, bool includeSocketInformation)
    {
        var lifecycleEvent = recorded.Event;
        writer.WriteStartObject();
        writer.WriteString("thingName"u8, lifecycleEvent.ClientId);
        writer.WriteNumber("position"u8, recorded.Position);
        writer.WriteString("recordedAt"u8, recorded.RecordedAt);
        writer.WriteString("outcome"u8, recorded.IsLate ? "late"u8 : "accepted"u8);
        writer.WriteString("clientId"u8, lifecycleEvent.ClientId);
        writer.WriteString("eventType"u8, EventKind.Of(lifecycleEvent));
        writer.WriteNumber("timestamp"u8, lifecycleEvent.OccurredAt.ToUnixTimeMilliseconds());
        writer.WriteString("source"u8, lifecycleEvent.Connection.Source);
        writer.WriteString("sessionIdentifier"u8, lifecycleEvent.Connection.SessionIdentifier);
        writer.WriteNumber("versionNumber"u8, lifecycleEvent.Connection.VersionNumber);
        WriteText(writer, "principalIdentifier"u8, lifecycleEvent.PrincipalIdentifier);
        WriteNumber(writer, "keepAliveDuration"u8, lifecycleEvent.Session.KeepAliveDuration);
        WriteFlag(writer, "cleanSession"u8, lifecycleEvent.Session.CleanSession);
        WriteNumber(writer, "sessionExpiry"u8, lifecycleEvent.Session.SessionExpiry);
        if (includeSocketInformation) WriteSocket(writer, lifecycleEvent.Socket);
        if (lifecycleEvent is ThingDisconnected disconnect) WriteEnd(writer, disconnect);
        writer.WriteEndObject();
    }

    private static void WriteEnd(Utf8JsonWriter writer, ThingDisconnected disconnect)
    {
        WriteText(writer, "disconnectReason"u8, disconnect.ReportedReason);
        WriteFlag(writer, "clientInitiatedDisconnect"u8, disconnect.ClientInitiated);
        WriteNumber(writer, "connectedAt"u8, disconnect.ConnectedAt?.ToUnixTimeMilliseconds());
        if (disconnect.Inferred) writer.WriteBoolean("inferred"u8, true);
    }

    private static void WriteSocket(Utf8JsonWriter writer, SocketInformation socket)
    {
        WriteText(writer, "sourceIp"u8, socket.SourceIp);
        WriteNumber(writer, "sourcePort"u8, socket.SourcePort);
        WriteText(writer, "targetIp"u8, socket.TargetIp);
        WriteNumber(writer, "targetPort"u8, socket.TargetPort);
        WriteText(writer, "vpcEndpointId"u8, socket.VpcEndpointId);
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) writer.WriteString(name, value);
    }

    private static void WriteNumber(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
    }

    private static void WriteFlag(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } flag) writer.WriteBoolean(name, flag);
    }
}
