namespace Connectivity.Api.Security;

/// <summary>
/// The settings of the section <c>Connectivity:Tls</c>: for HTTPS, if <c>urls</c> has such an address, and for MQTT
/// over TLS.
/// </summary>
public sealed class CertificateOptions
{
    /// <summary>
    /// PEM: the server's certificate, followed by the intermediate certificates. Read again when it changes.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM; in the certificate's file if not set.</summary>
    public string? PrivateKeyFile { get; init; }

    /// <summary>Returns every error of the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (CertificateFile is null && PrivateKeyFile is not null)
            yield return "Connectivity:Tls:PrivateKeyFile is set, and Connectivity:Tls:CertificateFile is not";
    }
}
