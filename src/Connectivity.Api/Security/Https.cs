using System.Security.Authentication;
using Connectivity.Api.Lifetime;

namespace Connectivity.Api.Security;

/// <summary>HTTPS with the host's certificate, at the <c>https</c> addresses of <c>urls</c>.</summary>
public static class Https
{
    /// <exception cref="StartupException">
    /// An address to listen on is invalid, or is HTTPS and there is no certificate.
    /// </exception>
    public static void Check(IConfiguration configuration, string urls, CertificateOptions options)
    {
        foreach (var url in urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            if (IsHttps(url)
                && options.CertificateFile is null
                && !configuration.GetSection("Kestrel:Certificates:Default").Exists())
                throw new StartupException(
                    $"urls (ASPNETCORE_URLS) has {url}, and there is no certificate: set "
                    + "Connectivity:Tls:CertificateFile (Connectivity__Tls__CertificateFile) and "
                    + "Connectivity:Tls:PrivateKeyFile (Connectivity__Tls__PrivateKeyFile).");
    }

    public static void AddHttps(this WebApplicationBuilder builder, CertificateOptions options)
    {
        if (options.CertificateFile is null) return;
        builder.Services.AddSingleton<ServerCertificate>();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureHttpsDefaults(https =>
        {
            var certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            // Kestrel requires a selector, which can return only the certificate itself, without the intermediate
            // certificates.
            https.ServerCertificateSelector = (_, _) => certificate.Current.TargetCertificate;
            https.OnAuthenticate = (_, tls) =>
                (tls.ServerCertificateSelectionCallback, tls.ServerCertificateContext) = (null, certificate.Current);
        }));
    }

    private static bool IsHttps(string url)
    {
        try
        {
            return BindingAddress.Parse(url).Scheme.Equals("https", StringComparison.OrdinalIgnoreCase);
        }
        catch (FormatException exception)
        {
            throw new StartupException($"urls (ASPNETCORE_URLS): {exception.Message}", exception);
        }
    }
}
