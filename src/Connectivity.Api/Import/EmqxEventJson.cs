using System.Buffers;
using System.Net;
using System.Text.Json;
using Connectivity.Api.Http;
using Connectivity.Domain.Lifecycle;

namespace Connectivity.Api.Import;

/// <summary>
/// The output of EMQX's rules on <c>client.connected</c> and <c>client.disconnected</c>, or a part of its columns.
/// Source: EMQX documentation, "SQL data sources and fields", and its rule engine's test suite.
/// </summary>
internal static class EmqxEventJson
{
    /// <summary>The source of events that name none.</summary>
    public const string Source = "emqx";

    /// <summary>EMQX's way to write that there is no value.</summary>
    private const string Undefined = "undefined";

    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["normal"] = DisconnectReason.ClientInitiatedDisconnect,
        ["tcp_closed"] = DisconnectReason.ConnectionLost,
        ["ssl_closed"] = DisconnectReason.ConnectionLost,
        ["keepalive_timeout"] = DisconnectReason.MqttKeepAliveTimeout,
        ["takenover"] = DisconnectReason.DuplicateClientId,
        ["discarded"] = DisconnectReason.DuplicateClientId,
        ["not_authorized"] = DisconnectReason.AuthError,
        ["banned"] = DisconnectReason.ForbiddenAccess,
        ["kicked"] = DisconnectReason.ApiInitiatedDisconnect,
        ["internal_error"] = DisconnectReason.ServerError,
    };

    /// <exception cref="JsonException">The line is not JSON.</exception>
    public static ImportedEvent Read(ReadOnlySequence<byte> line, string source)
    {
        using var document = JsonDocument.Parse(line);
        var columns = document.RootElement;
        if (IsEnd(columns) is not { } isEnd)
            return ImportedEvent.Bad("event is neither client.connected nor client.disconnected");
        if (Text(columns, "clientid") is not { } clientId) return ImportedEvent.Bad("clientid is missing");
        if (Time(columns, "connected_at") is not { } connectedAt)
            return ImportedEvent.Bad("connected_at is missing: without it connections can't be told apart");
        var occurredAt = isEnd ? Time(columns, "disconnected_at") ?? Time(columns, "timestamp") : connectedAt;
        if (occurredAt is not { } time) return ImportedEvent.Bad("disconnected_at is missing");
        if (isEnd && EventTime.ValidateConnectedAt(connectedAt, time) is { } error) return ImportedEvent.Bad(error);

        var version = connectedAt.ToUnixTimeMilliseconds();
        var connection = new ConnectionKey(
            source, $"{Text(columns, "node")}|{version}|{Text(columns, "peername")}", version);
        var session = new SessionDetails(
            (int?)Number(columns, "keepalive", ushort.MaxValue), Flag(columns, "clean_start"),
            Number(columns, "expiry_interval", uint.MaxValue));
        var (sourceIp, sourcePort) = Endpoint(columns, "peername");
        var (targetIp, targetPort) = Endpoint(columns, "sockname");
        var socket = new SocketInformation(sourceIp, sourcePort, targetIp, targetPort, null);
        var principal = Text(columns, "username");
        return new ImportedEvent(
            isEnd
                ? new ThingDisconnected(
                    clientId, connection, time, principal, session, socket,
                    Reason(Text(columns, "reason")), ClientInitiated: null, connectedAt)
                : new ThingConnected(clientId, connection, time, principal, session, socket),
            RecordedAt: null, Error: null);
    }

    /// <summary>Whether it is a disconnect; null for any other event. A rule may have dropped the column.</summary>
    private static bool? IsEnd(JsonElement columns) => Text(columns, "event") switch
    {
        "client.connected" => false,
        "client.disconnected" => true,
        null => Text(columns, "reason") is not null || Time(columns, "disconnected_at") is not null,
        _ => null,
    };

    private static string Reason(string? reason) =>
        reason is null ? DisconnectReason.Unknown : Reasons.GetValueOrDefault(reason, DisconnectReason.Unknown);

    private static string? Text(JsonElement columns, string name) =>
        columns.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
        && JsonText.Read(value) is { Length: > 0 and <= 1024 } text && text != Undefined
            ? text
            : null;

    private static long? Number(JsonElement columns, string name, long maximum) =>
        columns.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number) && number >= 0 && number <= maximum
            ? number
            : null;

    private static DateTimeOffset? Time(JsonElement columns, string name) =>
        Number(columns, name, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) is { } milliseconds
            ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
            : null;

    private static bool? Flag(JsonElement columns, string name) =>
        columns.TryGetProperty(name, out var value) ? value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        }
        : null;

    private static (string? Address, int? Port) Endpoint(JsonElement columns, string name) =>
        Text(columns, name) is { } text && IPEndPoint.TryParse(text, out var endpoint)
            ? (endpoint.Address.ToString(), endpoint.Port)
            : (null, null);
}
