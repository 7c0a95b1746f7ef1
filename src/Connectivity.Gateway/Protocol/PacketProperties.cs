namespace Connectivity.Gateway.Protocol;

/// <summary>
/// The properties of a packet: which it may have, how they are encoded, and which values they may have. Source: MQTT
/// 5.0, section 2.2.2.
/// </summary>
internal ref struct PacketProperties
{
    public const byte PayloadFormat = 0x01, MessageExpiry = 0x02, ContentType = 0x03, ResponseTopic = 0x08,
        CorrelationData = 0x09, SubscriptionIdentifier = 0x0B, SessionExpiry = 0x11, AuthenticationMethod = 0x15,
        AuthenticationData = 0x16, RequestProblemInformation = 0x17, WillDelay = 0x18,
        RequestResponseInformation = 0x19, ReasonString = 0x1F, ReceiveMaximum = 0x21, TopicAliasMaximum = 0x22,
        TopicAlias = 0x23, UserProperty = 0x26, MaximumPacketSize = 0x27;

    // One bit for each identifier.
    private ulong _present;

    /// <summary>0 if there is none.</summary>
    public ushort Alias { get; private set; }

    /// <summary>Seconds; 0 if there is none.</summary>
    public uint SessionExpirySeconds { get; private set; }

    public readonly bool Has(byte identifier) => (_present & 1UL << identifier) != 0;

    /// <param name="allowed">The identifiers that this packet may have.</param>
    public static PacketProperties Read(ref PacketCursor packet, params ReadOnlySpan<byte> allowed)
    {
        var properties = new PacketProperties();
        var bytes = packet.Part(packet.VariableByteInteger());
        while (!bytes.IsAtEnd)
        {
            var identifier = bytes.VariableByteInteger();
            PacketCursor.Require(
                identifier != SubscriptionIdentifier || allowed.Contains(SubscriptionIdentifier)
                || !allowed.Contains(TopicAlias),
                Statement.SubscriptionIdentifierOfClient);
            PacketCursor.Require(
                identifier <= MaximumPacketSize && allowed.Contains((byte)identifier), Statement.KnownProperty);
            PacketCursor.Require(
                identifier == UserProperty || !properties.Has((byte)identifier), Statement.PropertyOnce);
            properties._present |= 1UL << identifier;
            properties.ReadValue((byte)identifier, ref bytes);
        }

        return properties;
    }

    private void ReadValue(byte identifier, ref PacketCursor bytes)
    {
        switch (identifier)
        {
            case PayloadFormat or RequestProblemInformation or RequestResponseInformation:
                PacketCursor.Require(bytes.Byte() <= 1, Statement.PropertyValue);
                break;
            case TopicAlias:
                Alias = bytes.UInt16();
                PacketCursor.Require(Alias != 0, Statement.TopicAlias);
                break;
            case ReceiveMaximum:
                PacketCursor.Require(bytes.UInt16() != 0, Statement.PropertyValue);
                break;
            case TopicAliasMaximum:
                bytes.UInt16();
                break;
            case MaximumPacketSize:
                PacketCursor.Require(bytes.UInt32() != 0, Statement.PropertyValue);
                break;
            case SessionExpiry:
                SessionExpirySeconds = bytes.UInt32();
                break;
            case MessageExpiry or WillDelay:
                bytes.UInt32();
                break;
            case SubscriptionIdentifier:
                PacketCursor.Require(bytes.VariableByteInteger() != 0, Statement.PropertyValue);
                break;
            case ResponseTopic:
                PacketCursor.Require(TopicRules.IsName(bytes.Text()), Statement.ResponseTopic);
                break;
            case CorrelationData or AuthenticationData:
                bytes.Binary();
                break;
            case UserProperty:
                bytes.Text();
                bytes.Text();
                break;
            default:
                bytes.Text();
                break;
        }
    }
}
