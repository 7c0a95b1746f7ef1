using System.Security.Cryptography;
using Connectivity.Access.Devices;
using Connectivity.Api.Database;
using Connectivity.Api.Security;
using Connectivity.Domain;
using Connectivity.Domain.Lifecycle;
using Connectivity.Domain.Things;
using Connectivity.Gateway.Access;
using Connectivity.Projections.Gateways;
using Connectivity.Projections.Indexing;

namespace Connectivity.Api.Gateway;

/// <summary>
/// Authenticates devices by their credentials: a client certificate that is registered for the thing, or the thing's
/// name and a password. A device connects only as itself: the client id is the thing's name.
/// </summary>
public sealed class DeviceAccess(
    SecurityOptions options,
    Account account,
    CredentialLookups credentials,
    GatewaySessions sessions,
    IndexingStore indexing,
    DatabaseTime time,
    TimeProvider clock) : IDeviceAccess
{
    public async Task<DeviceAdmission> AuthenticateAsync(DeviceClaim claim, CancellationToken cancellationToken)
    {
        // A host whose clock is wrong can't evaluate conditions on the time.
        if (!time.HostClockIsRight) return new DeviceAdmission.Unavailable();
        if (options.AllowAnonymous)
            return await AdmitAsync(new AnonymousDevice(string.IsNullOrEmpty(claim.UserName) ? null : claim.UserName));
        if (claim.ClientIdIsAssigned || !ThingName.IsValid(claim.ClientId)) return new DeviceAdmission.Refused();
        var authenticatedAt = clock.GetTimestamp();
        if (await FindAsync(claim, cancellationToken) is not { } credential)
            return new DeviceAdmission.Refused(BadCredentials: claim.Password is not null);

        var identity = new DeviceIdentity(account, claim, credential, clock, authenticatedAt);
        return identity.MayConnect()
            ? await AdmitAsync(identity)
            : new DeviceAdmission.Refused(PrincipalIdentifier: credential.CredentialId);

        async Task<DeviceAdmission> AdmitAsync(IDeviceIdentity admitted) => new DeviceAdmission.Admitted(
            admitted, await sessions.LastVersionAsync(account, claim.ClientId, EventSource.Gateway, cancellationToken));
    }

    public async ValueTask<bool> ReleasesSocketInformationAsync(CancellationToken cancellationToken) =>
        (await indexing.GetAsync(account, cancellationToken)).ReleasesSocketInformation;

    private Task<DeviceCredential?> FindAsync(DeviceClaim claim, CancellationToken cancellationToken)
    {
        List<PresentedCredential> presented = [];
        if (claim.ClientCertificate is { } certificate) Add(DeviceCredential.Certificate, certificate.RawData);
        if (claim.Password is { } password && claim.UserName == claim.ClientId)
            Add(DeviceCredential.Password, password.Span);
        return credentials.FindAsync(claim.Source, presented, cancellationToken);

        void Add(string kind, ReadOnlySpan<byte> bytes) =>
            presented.Add(new PresentedCredential(claim.ClientId, kind, SHA256.HashData(bytes)));
    }
}
