using MQTTnet.Protocol;

namespace Connectivity.Gateway.Protocol;

/// <summary>
/// A statement of the specification that a client's packet can violate, see docs/mqtt-conformance.md: its number, or
/// the number of the section where a statement has none.
/// </summary>
/// <param name="Mqtt311">Of MQTT 3.1.1; null where the statement does not exist there.</param>
/// <param name="Mqtt5">Of MQTT 5.0; null where the statement does not exist there.</param>
/// <param name="Code">What an MQTT 5 client receives before the connection is closed.</param>
/// <param name="ConnAckCode">The code of the CONNACK that answers the violation, in the form of MQTT 3.1.1.</param>
internal sealed record Statement(
    string? Mqtt311, string? Mqtt5, MqttDisconnectReasonCode Code, byte? ConnAckCode = null)
{
    private const MqttDisconnectReasonCode Malformed = MqttDisconnectReasonCode.MalformedPacket;
    private const MqttDisconnectReasonCode Error = MqttDisconnectReasonCode.ProtocolError;

    // Data and headers.
    public static readonly Statement Utf8 = new("MQTT-1.5.3-1", "MQTT-1.5.4-1", Malformed);
    public static readonly Statement NoNull = new("MQTT-1.5.3-2", "MQTT-1.5.4-2", Malformed);
    public static readonly Statement MinimalInteger = new("2.2.3", "MQTT-1.5.5-1", Malformed);
    public static readonly Statement ReservedFlags = new("MQTT-2.2.2-2", "MQTT-2.1.3-1", Malformed);
    public static readonly Statement PacketIdentifier = new("MQTT-2.3.1-1", "MQTT-2.2.1-3", Error);
    public static readonly Statement Length = new("MQTT-4.8.0-1", "MQTT-4.13.1-1", Malformed);
    public static readonly Statement Direction = new("2.2.1", "2.1.2", Error);
    public static readonly Statement KnownProperty = new(null, "2.2.2.2", Malformed);
    public static readonly Statement PropertyOnce = new(null, "2.2.2.2", Error);
    public static readonly Statement PropertyValue = new(null, "2.2.2.2", Error);

    // CONNECT.
    public static readonly Statement FirstPacket = new("MQTT-3.1.0-1", "MQTT-3.1.0-1", Error);
    public static readonly Statement OneConnect = new("MQTT-3.1.0-2", "MQTT-3.1.0-2", Error);
    public static readonly Statement ProtocolName = new("MQTT-3.1.2-1", "MQTT-3.1.2-1", Malformed);
    public static readonly Statement Level = new(
        "MQTT-3.1.2-2", "MQTT-3.1.2-2", MqttDisconnectReasonCode.UnspecifiedError, ConnAckCode: 1);
    public static readonly Statement ReservedConnectFlag = new("MQTT-3.1.2-3", "MQTT-3.1.2-3", Malformed);
    public static readonly Statement WillQosWithoutWill = new("MQTT-3.1.2-13", "MQTT-3.1.2-11", Malformed);
    public static readonly Statement WillQos = new("MQTT-3.1.2-14", "MQTT-3.1.2-12", Malformed);
    public static readonly Statement WillRetainWithoutWill = new("MQTT-3.1.2-15", "MQTT-3.1.2-13", Malformed);
    public static readonly Statement PasswordWithoutUserName = new("MQTT-3.1.2-22", null, Malformed);
    public static readonly Statement SessionWithoutClientId = new("MQTT-3.1.3-8", null, Malformed, ConnAckCode: 2);
    public static readonly Statement AuthenticationData = new(null, "3.1.2.11.10", Error);

    // PUBLISH, and the will.
    public static readonly Statement DuplicateAtQos0 = new("MQTT-3.3.1-2", "MQTT-3.3.1-2", Malformed);
    public static readonly Statement Qos = new("MQTT-3.3.1-4", "MQTT-3.3.1-4", Malformed);
    public static readonly Statement TopicName = new(
        "MQTT-3.3.2-2", "MQTT-3.3.2-2", MqttDisconnectReasonCode.TopicNameInvalid);
    public static readonly Statement TopicNameOrAlias = new("MQTT-4.7.3-1", "3.3.2.1", Error);
    public static readonly Statement TopicAlias = new(
        null, "MQTT-3.3.2-8", MqttDisconnectReasonCode.TopicAliasInvalid);
    public static readonly Statement TopicAliasMaximum = new(
        null, "MQTT-3.3.2-9", MqttDisconnectReasonCode.TopicAliasInvalid);
    public static readonly Statement ResponseTopic = new(null, "MQTT-3.3.2-14", Error);
    public static readonly Statement SubscriptionIdentifierOfClient = new(null, "MQTT-3.3.4-6", Error);
    public static readonly Statement ReceiveMaximum = new(
        null, "MQTT-3.3.4-7", MqttDisconnectReasonCode.ReceiveMaximumExceeded);
    public static readonly Statement NoRetain = new(
        null, "MQTT-3.2.2-14", MqttDisconnectReasonCode.RetainNotSupported);

    // Acknowledgements.
    public static readonly Statement PubAckCode = new(null, "MQTT-3.4.2-1", Error);
    public static readonly Statement PubRecCode = new(null, "MQTT-3.5.2-1", Error);
    public static readonly Statement PubRelCode = new(null, "MQTT-3.6.2-1", Error);
    public static readonly Statement PubCompCode = new(null, "MQTT-3.7.2-1", Error);

    // SUBSCRIBE and UNSUBSCRIBE.
    public static readonly Statement TopicFilter = new(
        "MQTT-4.7.1-2", "MQTT-4.7.1-1", MqttDisconnectReasonCode.TopicFilterInvalid);
    public static readonly Statement SubscribeToOne = new("MQTT-3.8.3-3", "MQTT-3.8.3-2", Error);
    public static readonly Statement SubscriptionQos = new("MQTT-3-8.3-4", "3.8.3.1", Error);
    public static readonly Statement SubscriptionOptions = new("MQTT-3-8.3-4", "MQTT-3.8.3-5", Malformed);
    public static readonly Statement NoLocalShared = new(null, "MQTT-3.8.3-4", Error);
    public static readonly Statement UnsubscribeFromOne = new("MQTT-3.10.3-2", "MQTT-3.10.3-2", Error);

    // DISCONNECT.
    public static readonly Statement DisconnectCode = new(null, "MQTT-3.14.2-1", Error);
    public static readonly Statement SessionExpiry = new(null, "3.14.2.2.2", Error);
}
