using Connectivity.Gateway.Access;

namespace Connectivity.Api.Ingest;

/// <summary>Lets every device do everything under the user name that it gives, as long as devices have no credentials.</summary>
public sealed class AdmitEveryone : IDeviceAccess
{
    public Task<DeviceAdmission> AuthenticateAsync(DeviceClaim claim, CancellationToken cancellationToken) =>
        Task.FromResult<DeviceAdmission>(new DeviceAdmission.Admitted(new Anyone(string.IsNullOrEmpty(claim.UserName) ? null : claim.UserName)));

    public ValueTask<bool> ReleasesSocketInformationAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

    private sealed record Anyone(string? PrincipalIdentifier) : IDeviceIdentity
    {
        public string? CredentialId => null;

        public bool MayPublish(string topic) => true;

        public bool MaySubscribe(string filter) => true;

        public bool MayReceive(string topic, bool withSocketInformation) => !withSocketInformation;
    }
}
