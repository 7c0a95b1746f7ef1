using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Connectivity.Api.Throttling;
using Connectivity.Domain;
using Connectivity.Gateway;

namespace Connectivity.Api.Hosting;

/// <summary>The settings of the section <c>Connectivity</c>.</summary>
public sealed class ConnectivityOptions
{
    public const string Section = "Connectivity";

    /// <summary>The account that requests and devices belong to: twelve digits.</summary>
    public string Account { get; init; } = "000000000000";

    public string Region { get; init; } = "us-east-1";

    /// <summary>Where the local PostgreSQL keeps its data; relative to the directory the command was typed in.</summary>
    public string DataDirectory { get; init; } = ".data";

    /// <summary>Where <c>initdb</c> and <c>postgres</c> are; looked for in the usual places if not set.</summary>
    public string? PostgresBinDirectory { get; init; }

    /// <summary>A development switch: nobody is asked who they are, and everybody may do everything, wherever the host listens.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>
    /// The names that unsigned requests may call the host by, where they are let in, separated by semicolons. A web page that has the
    /// host's address under a name of its own is not answered.
    /// </summary>
    public string AllowedHosts { get; init; } = "localhost;127.0.0.1;[::1]";

    /// <summary>
    /// Where the keys are that secrets of access keys are encrypted with; <c>keyring</c> in the data directory if not set. Mandatory with a
    /// connection string, and the same for all hosts on the database.
    /// </summary>
    public string? KeyRingDirectory { get; init; }

    /// <summary>How far the time of a signature may be from the host's clock, either way: 1 second to 1 hour. AWS has 5 minutes here.</summary>
    public TimeSpan SignatureWindow { get; init; } = TimeSpan.FromMinutes(5);

    public CertificateOptions Tls { get; init; } = new();

    public ThrottlingOptions Throttling { get; init; } = new();

    public MqttOptions Mqtt { get; init; } = new();

    public IReadOnlySet<string> AllowedHostNames => field ??= AllowedHosts
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    public Account AccountAndRegion => new(Account, Region);

    /// <exception cref="StartFailure">A setting is of another type.</exception>
    public static ConnectivityOptions Read(IConfiguration configuration)
    {
        try
        {
            return configuration.GetSection(Section).Get<ConnectivityOptions>() ?? new ConnectivityOptions();
        }
        catch (InvalidOperationException exception)
        {
            // Names the setting and its value.
            throw new StartFailure(exception.Message, exception);
        }
    }

    /// <summary>All that is wrong with the settings, at once.</summary>
    public IEnumerable<string> Faults()
    {
        if (Account.Length != 12 || !Account.All(char.IsAsciiDigit)) yield return "Connectivity:Account must be twelve digits";
        if (Region.Length is 0 or > 32 || !Region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            yield return "Connectivity:Region must be a region's name, such as us-east-1";
        if (SignatureWindow < TimeSpan.FromSeconds(1) || SignatureWindow > TimeSpan.FromHours(1))
            yield return "Connectivity:SignatureWindow must be 00:00:01 to 01:00:00";
        if (Tls is { CertificateFile: null, PrivateKeyFile: not null })
            yield return "Connectivity:Tls:PrivateKeyFile is set, and Connectivity:Tls:CertificateFile is not";
        foreach (var fault in Throttling.Faults()) yield return fault;
        foreach (var fault in Mqtt.Faults(Tls.CertificateFile is not null)) yield return $"Connectivity:Mqtt:{fault}";
    }
}

/// <summary>The settings of the section <c>Connectivity:Tls</c>: for HTTPS, where <c>urls</c> has such an address, and for MQTT over TLS.</summary>
public sealed class CertificateOptions
{
    /// <summary>PEM: the server's certificate, and behind it those that lead to a root. Read again when it changes.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM; in the certificate's file if not set.</summary>
    public string? PrivateKeyFile { get; init; }
}

/// <summary>The settings of the section <c>Connectivity:Mqtt</c>.</summary>
public sealed class MqttOptions
{
    private static readonly GatewayOptions Defaults = new();

    public bool Enabled { get; init; } = true;

    /// <summary>The IP address that devices connect to.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>0 is any free port; the log says which.</summary>
    public int Port { get; init; } = 1883;

    /// <summary>Where MQTT over TLS is served, if a certificate is configured. 0 is any free port; the log says which.</summary>
    public int TlsPort { get; init; } = 8883;

    /// <summary>Whether MQTT is served without TLS as well.</summary>
    public bool PlainEnabled { get; init; } = Defaults.PlainEnabled;

    /// <inheritdoc cref="GatewayOptions.MaximumConnections"/>
    public int MaximumConnections { get; init; } = Defaults.MaximumConnections;

    /// <inheritdoc cref="GatewayOptions.MaximumUnauthenticatedConnections"/>
    public int MaximumUnauthenticatedConnections { get; init; } = Defaults.MaximumUnauthenticatedConnections;

    /// <inheritdoc cref="GatewayOptions.MaximumAcceptsPerSecond"/>
    public int MaximumAcceptsPerSecond { get; init; } = Defaults.MaximumAcceptsPerSecond;

    /// <inheritdoc cref="GatewayOptions.MaximumConnectPacketSize"/>
    public int MaximumConnectPacketSize { get; init; } = Defaults.MaximumConnectPacketSize;

    /// <inheritdoc cref="GatewayOptions.MaximumPacketSize"/>
    public int MaximumPacketSize { get; init; } = Defaults.MaximumPacketSize;

    /// <inheritdoc cref="GatewayOptions.ConnectTimeout"/>
    public TimeSpan ConnectTimeout { get; init; } = Defaults.ConnectTimeout;

    /// <inheritdoc cref="GatewayOptions.MaximumSpillBytes"/>
    public long MaximumSpillBytes { get; init; } = Defaults.MaximumSpillBytes;

    /// <summary>
    /// How long a host may go without a sign of life, 3 s to 1 hour, before its open sessions are ended; it gives one five times as often. The same for
    /// all hosts on a database.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    public IEnumerable<string> Faults(bool hasCertificate)
    {
        if (!IPAddress.TryParse(Address, out var address)) yield return "Address must be an IP address";
        if (Lease < TimeSpan.FromSeconds(3) || Lease > TimeSpan.FromHours(1)) yield return "Lease must be 3 s to 1 hour";
        foreach (var fault in ToGateway(address ?? IPAddress.Loopback, hasCertificate ? () => throw new InvalidOperationException() : null).Faults())
            yield return fault;
    }

    public static bool IsBeyondLoopback(IPAddress address) => !IPAddress.IsLoopback(address);

    /// <summary>The gateway begins on loopback, wherever it is to listen: see <see cref="Devices.GatewayHost"/>.</summary>
    public GatewayOptions ToGateway(ServerCertificate? certificate)
    {
        var address = IPAddress.Parse(Address);
        if (IsBeyondLoopback(address)) address = address.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        return ToGateway(address, certificate is null ? null : () => certificate.Current);
    }

    private GatewayOptions ToGateway(IPAddress address, Func<SslStreamCertificateContext>? certificate) => new()
    {
        Address = address,
        Port = Port,
        PlainEnabled = PlainEnabled,
        Tls = certificate is null ? null : new TlsOptions { Port = TlsPort, Certificate = certificate },
        MaximumConnections = MaximumConnections,
        MaximumUnauthenticatedConnections = MaximumUnauthenticatedConnections,
        MaximumAcceptsPerSecond = MaximumAcceptsPerSecond,
        MaximumConnectPacketSize = MaximumConnectPacketSize,
        MaximumPacketSize = MaximumPacketSize,
        ConnectTimeout = ConnectTimeout,
        MaximumSpillBytes = MaximumSpillBytes,
    };
}
