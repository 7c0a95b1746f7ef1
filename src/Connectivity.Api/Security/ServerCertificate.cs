using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Connectivity.Api.Lifetime;
using Connectivity.Api.Telemetry;

namespace Connectivity.Api.Security;

/// <summary>
/// The certificate of HTTPS and MQTT over TLS. Read again when its files have changed: connections opened a second
/// later get the new one. If the files can't be read, the old certificate stays in use.
/// </summary>
public sealed class ServerCertificate
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly CertificateOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private volatile SslStreamCertificateContext _current;
    private (DateTime, DateTime) _written;
    private long _checked;

    /// <exception cref="StartupException">The files can't be read, or don't match each other.</exception>
    public ServerCertificate(CertificateOptions options, TimeProvider clock, ILogger<ServerCertificate> logger)
    {
        (_options, _clock, _logger) = (options, clock, logger);
        _written = Written();
        try
        {
            _current = Read();
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            throw new StartupException(
                "Connectivity:Tls:CertificateFile and Connectivity:Tls:PrivateKeyFile can't be read: "
                + exception.Message,
                exception);
        }

        _checked = clock.GetTimestamp();
    }

    public SslStreamCertificateContext Current
    {
        get
        {
            // One caller checks the files; the others don't wait for it.
            if (_clock.GetElapsedTime(Interlocked.Read(ref _checked)) >= Interval && _lock.TryEnter())
            {
                try
                {
                    ReadIfChanged();
                }
                finally
                {
                    _lock.Exit();
                }
            }

            return _current;
        }
    }

    private void ReadIfChanged()
    {
        Interlocked.Exchange(ref _checked, _clock.GetTimestamp());
        var written = Written();
        if (written == _written) return;
        try
        {
            _current = Read();
            _written = written;
            _logger.CertificateRead();
        }
        catch (Exception exception) when (IsUnreadable(exception))
        {
            // The files may be half written: the next check reads them again.
            _logger.CertificateUnreadable(exception.GetType().Name);
        }
    }

    private SslStreamCertificateContext Read()
    {
        var certificate = X509Certificate2.CreateFromPemFile(
            _options.CertificateFile!, _options.PrivateKeyFile ?? _options.CertificateFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_options.CertificateFile!);
        chain.RemoveAt(0);
        // Windows can't serve with a key that is in memory only.
        if (OperatingSystem.IsWindows())
            certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    private (DateTime, DateTime) Written() => (
        File.GetLastWriteTimeUtc(_options.CertificateFile!),
        File.GetLastWriteTimeUtc(_options.PrivateKeyFile ?? _options.CertificateFile!));

    private static bool IsUnreadable(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException;
}
