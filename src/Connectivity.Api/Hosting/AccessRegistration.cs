using Connectivity.Access.Devices;
using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Access.Limits;
using Connectivity.Access.Policies;
using Connectivity.Api.Security;

namespace Connectivity.Api.Hosting;

/// <summary>Keys, policies, device credentials and limits: where they are stored, and what enforces them.</summary>
public static class AccessRegistration
{
    public static void AddAccess(
        this IServiceCollection services, IConfiguration configuration, ConnectivityOptions options)
    {
        services.AddKeyRing(configuration, options.Security, options.Database);
        services.AddSingleton<AccessKeyStore>();
        services.AddSingleton<UserPolicyStore>();
        services.AddSingleton<DeviceCredentialStore>();
        services.AddSingleton<ThrottleStore>();
        services.AddSingleton<AccessBootstrap>();
        services.AddSingleton<FirstAdministrator>();
        services.AddSingleton<AccessDirectory>();
        services.AddSingleton<RequestBodies>();
        services.AddSingleton<RequestSignatures>();
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton<AccountLimits>();
        services.AddSingleton<AccountThrottle>();
        services.AddSingleton<FailureThrottle>();
    }
}
