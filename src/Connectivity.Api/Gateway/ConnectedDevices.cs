using Connectivity.Access.Devices;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Gateway.Access;

namespace Connectivity.Api.Gateway;

/// <summary>Holds the devices that are connected to what their credentials and policies are now.</summary>
public sealed class ConnectedDevices(
    MqttGateway gateway, GatewayHost host, Account account, DeviceCredentialStore credentials, TimeProvider clock)
{
    /// <summary>After the credentials of a thing have changed.</summary>
    public async Task ReauthorizeAsync(string thingName, CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        var present = await credentials.ListAsync(account, thingName, cancellationToken);
        // Whoever was asked about later was held to the change already, and may have a credential that is newer than what is read here.
        Enforce(present, (clientId, device) => clientId == thingName && device.AskedAt < now);
        await host.ListenBeyondLoopbackAsync(cancellationToken);
    }

    /// <summary>After changes that were perhaps not heard.</summary>
    public async Task ReauthorizeAllAsync(CancellationToken cancellationToken)
    {
        var open = new HashSet<string>();
        gateway.EndConnections(
            (_, identity) =>
            {
                if (identity.CredentialId is { } id)
                    lock (open)
                        open.Add(id);
                return false;
            },
            RevocationCause.Credential);
        string[] asked;
        lock (open) asked = [.. open];
        var present = await credentials.FindAsync(asked, cancellationToken);
        // Whoever has come meanwhile was checked against what is stored.
        Enforce(present, (_, device) => asked.Contains(device.CredentialId));
        await host.ListenBeyondLoopbackAsync(cancellationToken);
    }

    private void Enforce(IReadOnlyList<DeviceCredential> present, Func<string, DeviceIdentity, bool> concerns)
    {
        var policies = present.ToDictionary(credential => credential.CredentialId, credential => credential.Policy);
        gateway.EndConnections(
            (clientId, identity) => identity is DeviceIdentity device && concerns(clientId, device) && !policies.ContainsKey(device.CredentialId),
            RevocationCause.Credential);
        gateway.EndConnections(
            (clientId, identity) => identity is DeviceIdentity device && concerns(clientId, device) && IsForbidden(device),
            RevocationCause.Permission);

        bool IsForbidden(DeviceIdentity device)
        {
            if (!policies.TryGetValue(device.CredentialId, out var policy)) return false;
            device.ApplyPolicy(policy);
            return !device.MayConnect();
        }
    }
}
