using Connectivity.Domain.Lifecycle;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Protocol;
using MQTTnet.Formatter;
using MQTTnet.Packets;

namespace Connectivity.Gateway.Connections;

/// <summary>What a CONNECT requests, and what the CONNACK grants.</summary>
/// <param name="KeepAliveSeconds">As granted.</param>
/// <param name="AssignedClientId">Set by the server if the client sent none: MQTT 5.0, section 3.1.3.1.</param>
internal sealed record Handshake(
    MqttConnectPacket Connect, MqttProtocolVersion Version, ushort KeepAliveSeconds, string? AssignedClientId)
{
    private readonly ushort _requestedKeepAlive = Connect.KeepAlivePeriod;

    public static Handshake Of(MqttConnectPacket connect, MqttProtocolVersion version)
    {
        var assigned = connect.ClientId.Length == 0 ? Guid.NewGuid().ToString("N") : null;
        var handshake = new Handshake(connect, version, KeepAlive.Granted(connect.KeepAlivePeriod), assigned);
        connect.ClientId = assigned ?? connect.ClientId;
        // The gateway enforces the keep-alive, to know the reason of the disconnect: the library must not enforce it
        // too.
        connect.KeepAlivePeriod = 0;
        return handshake;
    }

    /// <inheritdoc cref="DeviceClaim.IsPersistent"/>
    public bool IsPersistent =>
        Version == MqttProtocolVersion.V500 ? Connect.SessionExpiryInterval > 0 : !Connect.CleanSession;

    /// <summary>
    /// The session as the device requested it. MQTT 3.1.1 has no expiry: a clean session ends with its connection, and
    /// for another the expiry is unknown.
    /// </summary>
    public SessionDetails Session => new(
        KeepAliveSeconds,
        Connect.CleanSession,
        Version == MqttProtocolVersion.V500 ? Connect.SessionExpiryInterval : Connect.CleanSession ? 0 : null);

    /// <summary>
    /// Announces what the server does not support, and where it deviates from the request: MQTT 5.0, section 3.2.2.3.
    /// </summary>
    public void Grant(MqttConnAckPacket connack, int maximumPacketSize)
    {
        connack.AssignedClientIdentifier = AssignedClientId;
        connack.ServerKeepAlive = KeepAliveSeconds == _requestedKeepAlive ? (ushort)0 : KeepAliveSeconds;
        connack.RetainAvailable = false;
        connack.SharedSubscriptionAvailable = false;
        connack.ReceiveMaximum = ReceivedPublishes.Maximum;
        connack.TopicAliasMaximum = PacketRules.TopicAliasMaximum;
        connack.MaximumPacketSize = (uint)maximumPacketSize;
    }
}
