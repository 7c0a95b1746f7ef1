using System.Net;
using System.Net.Sockets;
using Connectivity.Access.Devices;
using Connectivity.Api.Database;
using Connectivity.Api.Gateway;
using Connectivity.Api.Security;
using Connectivity.Domain;
using Connectivity.Gateway;
using Connectivity.Gateway.Access;
using Connectivity.Gateway.Configuration;
using Connectivity.Gateway.Reporting;

namespace Connectivity.Api.Hosting;

/// <summary>The MQTT endpoint and the services that connect it to the host.</summary>
public static class GatewayRegistration
{
    public static void AddGateway(this IServiceCollection services, ConnectivityOptions options)
    {
        if (!options.Mqtt.Enabled) return;
        services.AddSingleton<ILifecycleSink, GatewaySink>();
        services.AddSingleton(provider => new CredentialLookups(
            provider.GetRequiredService<Account>(), provider.GetRequiredService<DeviceCredentialStore>().FindAsync,
            new FailureThrottle(options.Throttling), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IDeviceAccess, DeviceAccess>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<MqttGateway>(
            provider,
            AtStart(options.Gateway, provider.GetService<ServerCertificate>()),
            provider.GetRequiredService<DatabaseTime>()));
        services.AddSingleton<GatewayHost>();
        services.AddSingleton<ConnectedDevices>();
        services.AddSingleton<GatewayNodeIdentity>();
        services.AddSingleton<SupersededSessions>();
        services.AddHostedService<GatewayLease>();
        services.AddHostedService(provider => provider.GetRequiredService<GatewayHost>());
        services.AddHostedService<OpenConnectionReannouncer>();
        services.AddHostedService<DeviceReauthorizer>();
        services.AddHostedService(provider => provider.GetRequiredService<SupersededSessions>());
    }

    /// <summary>The gateway starts on loopback, whatever its address is: see <see cref="GatewayHost"/>.</summary>
    private static GatewayOptions AtStart(GatewayOptions options, ServerCertificate? certificate)
    {
        var address = IPAddress.Parse(options.Address);
        if (!IPAddress.IsLoopback(address))
            address = address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        return options with
        {
            Address = address.ToString(),
            Certificate = certificate is null ? null : () => certificate.Current,
        };
    }
}
