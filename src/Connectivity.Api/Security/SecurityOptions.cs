namespace Connectivity.Api.Security;

/// <summary>Who is let in: settings of the section <c>Connectivity</c>.</summary>
public sealed class SecurityOptions
{
    /// <summary>A development switch: no request and no device is authenticated, and all of them may do everything, wherever the host listens.</summary>
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

    public IReadOnlySet<string> AllowedHostNames => field ??= AllowedHosts
        .Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>All that is wrong with the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (SignatureWindow < TimeSpan.FromSeconds(1) || SignatureWindow > TimeSpan.FromHours(1))
            yield return "Connectivity:SignatureWindow must be 00:00:01 to 01:00:00";
    }
}
