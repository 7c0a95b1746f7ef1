namespace Connectivity.Api.Security;

/// <summary>Authentication: settings of the section <c>Connectivity</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>
    /// For development: no request and no device is authenticated, and all are allowed everything, at every address the
    /// host listens on.
    /// </summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>
    /// The host names that unsigned requests may use, where they are accepted, separated by semicolons. A web page that
    /// reaches the host under another name is refused.
    /// </summary>
    public string AllowedHosts { get; init; } = "localhost;127.0.0.1;[::1]";

    /// <summary>
    /// The directory of the keys that encrypt the secrets of access keys; <c>keyring</c> in the data directory if not
    /// set. Mandatory with a connection string, and shared by all hosts on the database.
    /// </summary>
    public string? KeyRingDirectory { get; init; }

    /// <summary>
    /// How far the time of a signature may differ from the host's clock: 1 second to 1 hour. AWS allows 5 minutes.
    /// </summary>
    public TimeSpan SignatureWindow { get; init; } = TimeSpan.FromMinutes(5);

    public IReadOnlySet<string> AllowedHostNames => field ??= AllowedHosts
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns every error of the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (SignatureWindow < TimeSpan.FromSeconds(1) || SignatureWindow > TimeSpan.FromHours(1))
            yield return "Connectivity:SignatureWindow must be 00:00:01 to 01:00:00";
    }
}
