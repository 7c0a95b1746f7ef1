using MQTTnet;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Routing;

/// <summary>Estimates the memory of a pending message. Equal for a message and for the packet made from it.</summary>
internal static class MessageSize
{
    /// <summary>Bytes of the objects around a message.</summary>
    private const long Overhead = 400;

    public static long Of(MqttApplicationMessage message) => Of(
        message.Topic, message.Payload.Length, message.ResponseTopic, message.ContentType, message.CorrelationData,
        message.UserProperties);

    public static long Of(MqttPublishPacket packet) => Of(
        packet.Topic, packet.Payload.Length, packet.ResponseTopic, packet.ContentType, packet.CorrelationData,
        packet.UserProperties);

    private static long Of(
        string topic, long payload, string? responseTopic, string? contentType, byte[]? correlation,
        List<MqttUserProperty>? properties)
    {
        var characters = topic.Length + (responseTopic?.Length ?? 0) + (contentType?.Length ?? 0);
        var size = Overhead + payload + 2L * characters + (correlation?.Length ?? 0);
        foreach (var property in properties ?? [])
            size += Overhead + property.Name.Length + property.ValueBuffer.Length;
        return size;
    }
}
