using System.Buffers;
using System.Text;
using System.Text.Json;
using MQTTnet;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Presence;

/// <summary>
/// The MQTT message of a presence event. Source: AWS IoT developer guide, "Lifecycle events". The last three members are
/// this product's own: with them, an event that comes back over HTTP is known as the one that is stored.
/// </summary>
internal static class PresenceMessage
{
    /// <summary>Bytes of the longest topic name: MQTT 5.0, section 4.7.3.</summary>
    private const int MaximumTopicLength = 65_535;

    /// <summary>Returns the message, or null for a client id that can't be part of a topic name.</summary>
    public static MqttApplicationMessage? Of(PresenceEvent presence, bool withSocketInformation)
    {
        var topic = $"$aws/events/presence/{presence.EventType}/{presence.ClientId}";
        if (presence.ClientId.AsSpan().IndexOfAny('#', '+') >= 0
            || Encoding.UTF8.GetByteCount(topic) > MaximumTopicLength)
            return null;
        return new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(Json(presence, withSocketInformation)),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
    }

    private static byte[] Json(PresenceEvent presence, bool withSocketInformation)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("clientId", presence.ClientId);
            json.WriteNumber("timestamp", presence.OccurredAt.ToUnixTimeMilliseconds());
            json.WriteString("eventType", presence.EventType);
            if (presence.ConnectFailureReason is { } failure) json.WriteString("connectFailureReason", failure);
            json.WriteString("sessionIdentifier", presence.SessionIdentifier);
            if (presence.PrincipalIdentifier is { } principal) json.WriteString("principalIdentifier", principal);
            if (withSocketInformation && presence.IpAddress is { } address) json.WriteString("ipAddress", address);
            if (presence.VersionNumber is { } version) json.WriteNumber("versionNumber", version);
            if (presence.ClientInitiatedDisconnect is { } initiated)
                json.WriteBoolean("clientInitiatedDisconnect", initiated);
            if (presence.DisconnectReason is { } reason) json.WriteString("disconnectReason", reason);
            if (presence.Source is { } source) json.WriteString("source", source);
            if (presence.ConnectedAt is { } connectedAt)
                json.WriteNumber("connectedAt", connectedAt.ToUnixTimeMilliseconds());
            if (presence.Inferred is { } inferred) json.WriteBoolean("inferred", inferred);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
