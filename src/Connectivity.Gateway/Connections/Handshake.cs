using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Protocol;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Connections;

/// <summary>What a CONNECT asks for, and what the CONNACK grants.</summary>
/// <param name="KeepAliveSeconds">As granted.</param>
/// <param name="AssignedClientId">Given by the server to a client that sent none: MQTT 5.0, section 3.1.3.1.</param>
internal sealed record Handshake(
    MqttConnectPacket Connect, MqttProtocolVersion Version, ushort KeepAliveSeconds, string? AssignedClientId)
{
    private readonly ushort _keepAliveAsked = Connect.KeepAlivePeriod;

    public static Handshake Of(MqttConnectPacket connect, MqttProtocolVersion version)
    {
        var assigned = connect.ClientId.Length == 0 ? Guid.NewGuid().ToString("N") : null;
        var handshake = new Handshake(connect, version, KeepAlive.Granted(connect.KeepAlivePeriod), assigned);
        connect.ClientId = assigned ?? connect.ClientId;
        // The keep-alive is watched here, where its end can be told from other ends: the library must not watch it too.
        connect.KeepAlivePeriod = 0;
        return handshake;
    }

    /// <summary>
    /// The session as the device asked for it. MQTT 3.1.1 tells no expiry: a clean session ends with its connection, for another the
    /// source does not say.
    /// </summary>
    public SessionDetails Session => new(
        KeepAliveSeconds,
        Connect.CleanSession,
        Version == MqttProtocolVersion.V500 ? Connect.SessionExpiryInterval : Connect.CleanSession ? 0 : null);

    /// <summary>Tells what the server does not support, and what it decided otherwise than asked: MQTT 5.0, section 3.2.2.3.</summary>
    public void Grant(MqttConnAckPacket connack, int maximumPacketSize)
    {
        connack.AssignedClientIdentifier = AssignedClientId;
        connack.ServerKeepAlive = KeepAliveSeconds == _keepAliveAsked ? (ushort)0 : KeepAliveSeconds;
        connack.RetainAvailable = false;
        connack.SharedSubscriptionAvailable = false;
        connack.TopicAliasMaximum = PacketRules.TopicAliasMaximum;
        connack.MaximumPacketSize = (uint)maximumPacketSize;
    }
}
