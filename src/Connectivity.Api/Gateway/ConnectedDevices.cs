using Connectivity.Access.Devices;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Gateway.Access;

namespace Connectivity.Api.Gateway;

/// <summary>Enforces the current credentials and policies on connected devices.</summary>
public sealed class ConnectedDevices(
    MqttGateway gateway, GatewayHost host, Account account, DeviceCredentialStore credentials, TimeProvider clock)
{
    /// <summary>To be called after the credentials or the attributes of a thing have changed.</summary>
    public async Task ReauthorizeAsync(string thingName, CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        var current = await credentials.ListAsync(account, thingName, cancellationToken);
        // A device that authenticated later was checked against the change, and its credential may be newer than this
        // read.
        Enforce(current, (clientId, device) => clientId == thingName && device.AuthenticatedAt < now);
        await host.ListenBeyondLoopbackAsync(cancellationToken);
    }

    /// <summary>To be called when notifications of changes may have been missed.</summary>
    public async Task ReauthorizeAllAsync(CancellationToken cancellationToken)
    {
        var found = new HashSet<string>();
        gateway.EndConnections(
            (_, identity) =>
            {
                if (identity.CredentialId is { } id)
                    lock (found)
                        found.Add(id);
                return false;
            },
            RevocationCause.Credential);
        string[] credentialIds;
        lock (found) credentialIds = [.. found];
        var current = await credentials.FindAsync(credentialIds, cancellationToken);
        // A device that connected in the meantime was checked against the stored credentials.
        Enforce(current, (_, device) => credentialIds.Contains(device.CredentialId));
        await host.ListenBeyondLoopbackAsync(cancellationToken);
    }

    private void Enforce(IReadOnlyList<DeviceCredential> current, Func<string, DeviceIdentity, bool> isAffected)
    {
        var credentials = current.ToDictionary(credential => credential.CredentialId);
        gateway.EndConnections(
            (clientId, identity) => identity is DeviceIdentity device
                && isAffected(clientId, device)
                && !credentials.ContainsKey(device.CredentialId),
            RevocationCause.Credential);
        gateway.EndConnections(
            (clientId, identity) =>
                identity is DeviceIdentity device && isAffected(clientId, device) && IsForbidden(device),
            RevocationCause.Permission);

        bool IsForbidden(DeviceIdentity device)
        {
            if (!credentials.TryGetValue(device.CredentialId, out var credential)) return false;
            device.Apply(credential);
            return !device.MayConnect();
        }
    }
}
