using System.Collections.Concurrent;
using Connectivity.Domain.Lifecycle;
using MQTTnet.Protocol;

namespace Connectivity.Gateway.Connections;

/// <summary>
/// The connection that each client id stands for. There is one at a time, from its CONNECT until everything about it is done, so
/// that the order of a client's connections is the same for the devices, the routing and the reports.
/// </summary>
internal sealed class ActiveConnections
{
    private readonly ConcurrentDictionary<string, DeviceConnection> _byClientId = new(StringComparer.Ordinal);

    /// <summary>Those that come and go meanwhile may be left out. No snapshot is made: there may be many.</summary>
    public void ForEach(Action<DeviceConnection> action)
    {
        foreach (var (_, connection) in _byClientId) action(connection);
    }

    public DeviceConnection? Find(string clientId) => _byClientId.GetValueOrDefault(clientId);

    /// <summary>
    /// Takes the client id over from the connection that has it, if any: MQTT 5.0, section 3.1.4, [MQTT-3.1.4-3]. False where the
    /// newcomer itself ended while it waited for the other to be done.
    /// </summary>
    public async Task<bool> ClaimAsync(DeviceConnection newcomer, CancellationToken cancellationToken)
    {
        while (!newcomer.Ended)
        {
            if (_byClientId.TryAdd(newcomer.ClientId, newcomer)) return true;
            if (Find(newcomer.ClientId) is not { } holder) continue;
            holder.End(DisconnectReason.DuplicateClientId, MqttDisconnectReasonCode.SessionTakenOver, newcomer);
            await Task.WhenAny(holder.Finished, newcomer.Closed).WaitAsync(cancellationToken);
        }

        return false;
    }

    public void Release(DeviceConnection connection) => _byClientId.TryRemove(KeyValuePair.Create(connection.ClientId, connection));
}
