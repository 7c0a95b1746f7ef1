using System.Collections.Concurrent;
using Connectivity.Domain.Lifecycle;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The active connection of each client id. There is one at a time, from its CONNECT until its cleanup is complete, so
/// that devices, routing and lifecycle events see a client's connections in the same order.
/// </summary>
internal sealed class ActiveConnections
{
    private readonly ConcurrentDictionary<string, DeviceConnection> _byClientId = new(StringComparer.Ordinal);

    /// <summary>
    /// May leave out connections that open or close during the call. Takes no snapshot: there may be many connections.
    /// </summary>
    public void ForEach(Action<DeviceConnection> action)
    {
        foreach (var (_, connection) in _byClientId) action(connection);
    }

    public DeviceConnection? Find(string clientId) => _byClientId.GetValueOrDefault(clientId);

    /// <summary>
    /// Takes the client id over from its present connection, if any: MQTT 5.0, section 3.1.4, [MQTT-3.1.4-3]. False if
    /// the new connection itself ended while it waited for the other to finish.
    /// </summary>
    public async Task<bool> ClaimAsync(DeviceConnection connection, CancellationToken cancellationToken)
    {
        while (!connection.Ended)
        {
            if (_byClientId.TryAdd(connection.ClientId, connection)) return true;
            if (Find(connection.ClientId) is not { } holder) continue;
            holder.End(DisconnectReason.DuplicateClientId, MqttDisconnectReasonCode.SessionTakenOver, connection);
            await Task.WhenAny(holder.Finished, connection.Closed).WaitAsync(cancellationToken);
        }

        return false;
    }

    public void Release(DeviceConnection connection) =>
        _byClientId.TryRemove(KeyValuePair.Create(connection.ClientId, connection));
}
