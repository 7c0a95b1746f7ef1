using Connectivity.Access.Devices;
using Connectivity.Access.Directory;
using Connectivity.Access.Keys;
using Connectivity.Access.Limits;
using Connectivity.Access.Policies;
using Connectivity.Api.Security;
using Microsoft.AspNetCore.Authentication;

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
        services.AddSingleton<AnonymousAuthenticationHandler.AnonymousPrincipal>();
        // There is no default scheme. WebApplication puts ASP.NET Core's middleware in front of routing, where the
        // operation is not known yet: without a default it authenticates nothing, and leaves it to RequestAdmission.
        services.AddAuthentication()
            .AddScheme<AuthenticationSchemeOptions, SignatureAuthenticationHandler>(AccessKey.Scheme, scheme =>
                scheme.ForwardDefault =
                    options.Security.AllowAnonymous ? AnonymousAuthenticationHandler.SchemeName : null)
            .AddScheme<AuthenticationSchemeOptions, AnonymousAuthenticationHandler>(
                AnonymousAuthenticationHandler.SchemeName, configureOptions: null);
        services.AddSingleton<RequestBodies>();
        services.AddSingleton<RequestSignatures>();
        services.AddSingleton<AccessMetrics>();
        services.AddSingleton<AccountLimits>();
        services.AddSingleton<AccountThrottle>();
        services.AddSingleton<FailureThrottle>();
    }

    /// <summary>Identifies the sender of each request, and admits it to the endpoint that routing found.</summary>
    public static void UseAccess(this IApplicationBuilder app) => app.UseMiddleware<RequestAdmission>();
}
