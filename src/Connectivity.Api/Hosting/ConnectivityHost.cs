using Connectivity.Access.Directory;
using Connectivity.Api.AwsSurface;
using Connectivity.Api.Database;
using Connectivity.Api.Http;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Security;
using Connectivity.Api.Telemetry;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connectivity.Api.Hosting;

/// <summary>Composes the host from its services and endpoints.</summary>
public static class ConnectivityHost
{
    /// <summary>
    /// Bytes of a request that the server receives before the host reads them; more than its headers may have.
    /// </summary>
    private const int ReceiveBufferSize = 64 * 1024;

    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>Reads and checks the settings before any service is built.</summary>
    /// <exception cref="StartupException">A setting is out of its range; all such settings are named.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args, out ConnectivityOptions options)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddFilter("", LogLevel.Warning).AddFilter("Connectivity", LogLevel.Information)
            // File permissions protect the key ring (docs/security.md); failures are reported where they occur.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // The callers of ingest receive its failures and log them; Wolverine would log every attempt of an outage.
            .AddFilter(typeof(Ingest.IngestLifecycleEvents).FullName, LogLevel.None)
            // Program reports a failed start once; the generic host logs later failures as critical.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        options = ConnectivityOptions.Read(builder.Configuration);
        var urls = builder.Configuration["urls"] ?? DefaultUrl;
        Https.Check(builder.Configuration, urls, options.Tls);
        builder.WebHost.UseUrls(urls);
        return builder;
    }

    public static WebApplication Build(
        WebApplicationBuilder builder, ConnectivityOptions options, string connectionString)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AwsRoutes.MaximumBodySize;
            kestrel.Limits.MaxRequestBufferSize = ReceiveBufferSize;
        });
        builder.AddHttps(options.Tls);
        options.AddTo(builder.Services);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddTelemetry();
        builder.Services.AddStorage(connectionString);
        builder.Services.AddAccess(builder.Configuration, options);
        builder.Host.AddMessaging();
        builder.Services.AddBackgroundWork();
        builder.Services.AddGateway(options);
        builder.Services.AddApiDescription();
        builder.Services.AddSingleton<AllowedMethods>();

        var app = builder.Build();
        app.UseRouting();
        app.UseAccess();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false })
            .WithMetadata(new OpenToAnyone());
        app.MapHealthChecks("/health/ready").WithMetadata(new OpenToAnyone());
        app.MapPrometheusScrapingEndpoint("/metrics")
            .WithMetadata(Problems.Surface, new OpenToLoopback("connectivity:GetMetrics"));
        app.MapOpenApi().WithMetadata(Problems.Surface, new OpenToLoopback("connectivity:GetApiDescription"));
        app.MapV1();
        app.MapAwsSurface();
        return app;
    }

    /// <summary>Starts serving, and logs the address.</summary>
    /// <exception cref="StartupException">The address is in use, or the certificate can't be read.</exception>
    public static async Task ServeAsync(
        WebApplication app, ConnectivityOptions options, CancellationToken cancellationToken)
    {
        // Builds all hosted services: if a constructor throws within StartAsync, the host can't stop or report it.
        _ = app.Services.GetServices<IHostedService>().Count();
        await app.Services.GetRequiredService<DatabaseSchema>().BringUpToDateAsync();
        await app.Services.GetRequiredService<FirstAdministrator>().EnsureAsync(cancellationToken);
        await app.Services.GetRequiredService<AccessDirectory>().LoadAsync(cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            // Services that are disposed of without being stopped first log errors.
            await app.StopAsync(CancellationToken.None);
            if (failure is not IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException })
                throw;
            throw new StartupException(
                $"{failure.Message.TrimEnd('.')}. "
                + "Choose another port with the setting urls (ASPNETCORE_URLS), or port 0 for any free one.",
                failure);
        }

        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        app.Logger.ServingHttp(url);
        if (options.Security.AllowAnonymous) app.Logger.AnonymousAllowed();
        app.Logger.AskWith(app.Services.GetRequiredService<FirstAdministrator>().CredentialsPath, url, options.Region);
    }
}
