using System.Buffers;
using System.Text;
using System.Text.Json;
using Connectivity.Domain.Lifecycle;
using MQTTnet;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Presence;

/// <summary>
/// A lifecycle event as a subscriber of <c>$aws/events/presence/</c> sees it.
/// Source: AWS IoT developer guide, "Lifecycle events". The <c>ipAddress</c> is never in it: socket information needs an opt-in.
/// </summary>
internal static class PresenceMessage
{
    /// <summary>The longest topic name there can be: MQTT 5.0, section 4.7.3.</summary>
    private const int LongestTopic = 65_535;

    /// <summary>The message, or null for a client id that no topic name can hold.</summary>
    public static MqttApplicationMessage? Of(LifecycleEvent lifecycleEvent)
    {
        var topic = $"$aws/events/presence/{EventKind.Of(lifecycleEvent)}/{lifecycleEvent.ClientId}";
        if (lifecycleEvent.ClientId.AsSpan().IndexOfAny('#', '+') >= 0 || Encoding.UTF8.GetByteCount(topic) > LongestTopic) return null;
        return new MqttApplicationMessage
        {
            Topic = topic,
            Payload = new ReadOnlySequence<byte>(Json(lifecycleEvent)),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
        };
    }

    private static byte[] Json(LifecycleEvent lifecycleEvent)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("clientId", lifecycleEvent.ClientId);
            json.WriteNumber("timestamp", lifecycleEvent.OccurredAt.ToUnixTimeMilliseconds());
            json.WriteString("eventType", EventKind.Of(lifecycleEvent));
            json.WriteString("sessionIdentifier", lifecycleEvent.Connection.SessionIdentifier);
            if (lifecycleEvent.PrincipalIdentifier is { } principal) json.WriteString("principalIdentifier", principal);
            json.WriteNumber("versionNumber", lifecycleEvent.Connection.VersionNumber);
            if (lifecycleEvent is ThingDisconnected disconnected)
            {
                json.WriteBoolean("clientInitiatedDisconnect", disconnected.ClientInitiated is true);
                json.WriteString("disconnectReason", disconnected.Reason);
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
