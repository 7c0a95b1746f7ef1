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

/// <summary>The host, put together: what it consists of, and what it answers.</summary>
public static class ConnectivityHost
{
    public const string DefaultUrl = "http://127.0.0.1:8080";

    /// <summary>The settings, before anything is built from them.</summary>
    /// <exception cref="StartupException">A setting is out of its range; all such settings are named.</exception>
    public static WebApplicationBuilder CreateBuilder(string[] args, out ConnectivityOptions options)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.AddFilter("", LogLevel.Warning).AddFilter("Connectivity", LogLevel.Information)
            // The key ring is guarded by the rights on its files, as docs/security.md says; more is said where it fails.
            .AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
            // Whoever sends events is told what became of them, and tells it: the bus would do so too, at each attempt of an outage.
            .AddFilter(typeof(Ingest.IngestLifecycleEvents).FullName, LogLevel.None)
            // A start that fails is thrown, and told once, by Program; what fails later is critical here.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        options = ConnectivityOptions.Read(builder.Configuration);
        var urls = builder.Configuration["urls"] ?? DefaultUrl;
        Https.Check(builder.Configuration, urls, options.Tls);
        builder.WebHost.UseUrls(urls);
        return builder;
    }

    public static WebApplication Build(WebApplicationBuilder builder, ConnectivityOptions options, string connectionString)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = AwsRoutes.MaximumBodySize;
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

        var app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<Authentication>();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready");
        app.MapPrometheusScrapingEndpoint("/metrics").WithMetadata(Problems.Surface, new OpenToLoopback("connectivity:GetMetrics"));
        app.MapOpenApi().WithMetadata(Problems.Surface, new OpenToLoopback("connectivity:GetApiDescription"));
        app.MapV1();
        app.MapAwsSurface();
        return app;
    }

    /// <summary>Starts serving, and says where.</summary>
    /// <exception cref="StartupException">The address can't be listened on, or the certificate can't be read.</exception>
    public static async Task ServeAsync(WebApplication app, ConnectivityOptions options, CancellationToken cancellationToken)
    {
        // What can't be built tells it here; within the start, the host could neither stop nor say why.
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
            // What has started already ends in order; merely disposed of, it would complain.
            await app.StopAsync(CancellationToken.None);
            if (failure is not IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException }) throw;
            throw new StartupException(
                $"{failure.Message.TrimEnd('.')}. Choose another port with the setting urls (ASPNETCORE_URLS), or port 0 for any free one.", failure);
        }

        var url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        app.Logger.ServingHttp(url);
        if (options.Security.AllowAnonymous) app.Logger.AnonymousAllowed();
        app.Logger.AskWith(app.Services.GetRequiredService<FirstAdministrator>().CredentialsPath, url, options.Region);
    }
}
