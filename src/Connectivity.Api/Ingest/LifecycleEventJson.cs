using System.Buffers;
using System.Text.Json;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Ingest;

/// <summary>
/// One lifecycle event in the JSON of AWS's lifecycle events, extended with the session and socket fields of the query.
/// See <see cref="LifecycleEventMembers"/> for what counts as one.
/// </summary>
public static class LifecycleEventJson
{
    /// <summary>The event or, if <c>Error</c> is not null, what is wrong with it.</summary>
    /// <param name="defaultSource">Of an event that names none.</param>
    /// <param name="acceptsTextNumbers">Whether a number may be a text of digits, as some archives have it.</param>
    public static (LifecycleEvent? Event, string? Error) Read(
        ReadOnlySequence<byte> json, string defaultSource = EventSource.Http, bool acceptsTextNumbers = false)
    {
        LifecycleEventMembers? members;
        try
        {
            members = LifecycleEventMembers.Read(json);
        }
        catch (JsonException)
        {
            // Only a line can be so: an array or an object was read to its end before.
            return (null, "the line is not valid JSON");
        }

        if (members is null) return (null, "an event must be a JSON object");
        var missing = members.Missing.ToList();
        if (missing.Count > 0)
            return (null, $"{string.Join(", ", missing)} {(missing.Count == 1 ? "is" : "are")} missing");

        var fields = new LifecycleEventFields(members, acceptsTextNumbers);
        var clientId = fields.Text("clientId")!;
        var kind = fields.Text("eventType");
        var connection = new ConnectionKey(
            fields.Text("source") ?? defaultSource,
            fields.Text("sessionIdentifier")!,
            fields.Number("versionNumber", 0, long.MaxValue) ?? 0);
        var occurredAt = fields.Time("timestamp") ?? default;
        var principal = fields.Text("principalIdentifier");
        var session = new SessionDetails(
            (int?)fields.Number("keepAliveDuration", 0, ushort.MaxValue),
            fields.Flag("cleanSession"),
            fields.Number("sessionExpiry", 0, uint.MaxValue));
        var ipAddress = fields.Address("ipAddress");
        var socket = new SocketInformation(
            fields.Address("sourceIp") ?? ipAddress,
            (int?)fields.Number("sourcePort", 0, ushort.MaxValue),
            fields.Address("targetIp"),
            (int?)fields.Number("targetPort", 0, ushort.MaxValue),
            fields.Text("vpcEndpointId"));

        LifecycleEvent? lifecycleEvent = null;
        if (kind == EventKind.Connected)
            lifecycleEvent = new ThingConnected(clientId, connection, occurredAt, principal, session, socket);
        else if (kind == EventKind.Disconnected)
            lifecycleEvent = new ThingDisconnected(
                clientId,
                connection,
                occurredAt,
                principal,
                session,
                socket,
                fields.Reason("disconnectReason"),
                fields.Flag("clientInitiatedDisconnect"),
                fields.ConnectedAt("connectedAt", occurredAt),
                fields.Flag("inferred") ?? false);
        else if (kind is not null)
            fields.AddError($"eventType must be {EventKind.Connected} or {EventKind.Disconnected}");
        return fields.Error is { } error ? (null, error) : (lifecycleEvent, null);
    }
}
