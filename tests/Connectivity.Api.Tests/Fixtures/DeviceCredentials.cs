using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Access.Devices;
using Connectivity.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace Connectivity.Api.Tests.Fixtures;

/// <summary>The credentials of a host's devices, without its commands.</summary>
public static class DeviceCredentials
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Registers the certificate for the thing, or gives it another policy. Returns its id.</summary>
    public static async Task<string> RegisterAsync(
        this ApiHost host, string thingName, X509Certificate2 certificate, string? policy = null)
    {
        var hash = certificate.GetCertHash(HashAlgorithmName.SHA256);
        var id = Convert.ToHexStringLower(hash);
        (await host.Store().AddAsync(host.Account(), thingName, id, DeviceCredential.Certificate, hash, policy, Ct))
            .ShouldBeTrue();
        return id;
    }

    /// <summary>The ids of the thing's credentials, oldest first.</summary>
    public static async Task<IReadOnlyList<string>> CredentialIdsAsync(this ApiHost host, string thingName) =>
    [
        .. (await host.Store().ListAsync(host.Account(), thingName, Ct)).Select(credential => credential.CredentialId),
    ];

    public static async Task RevokeAsync(this ApiHost host, string credentialId) =>
        (await host.Store().RevokeAsync(host.Account(), credentialId, Ct)).ShouldNotBeNull();

    private static DeviceCredentialStore Store(this ApiHost host) =>
        host.Services.GetRequiredService<DeviceCredentialStore>();

    private static Account Account(this ApiHost host) => host.Services.GetRequiredService<Account>();
}
