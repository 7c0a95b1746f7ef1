namespace Connectivity.Api.Security;

/// <summary>Bodies of requests: settings of the section <c>Connectivity:Bodies</c>.</summary>
public sealed class BodyOptions
{
    /// <summary>How long a body may take to arrive: 1 second to 10 minutes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes of bodies that the host holds for senders that are not verified yet, and as many for those that are: at
    /// least 1 MiB.
    /// </summary>
    public long MaximumBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>
    /// Of these, bytes of one source address (IPv6: of its /64 network), and of one verified user: at least 1 MiB. A
    /// compressed body counts with its content while it is inflated.
    /// </summary>
    public long MaximumBytesPerCaller { get; init; } = 36 * 1024 * 1024;

    /// <summary>Returns every error of the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(10))
            yield return "Connectivity:Bodies:Timeout must be 00:00:01 to 00:10:00";
        foreach (var (name, bytes) in ((string, long)[])
            [(nameof(MaximumBytes), MaximumBytes), (nameof(MaximumBytesPerCaller), MaximumBytesPerCaller)])
            if (bytes < 1024 * 1024) yield return $"Connectivity:Bodies:{name} must be at least 1048576";
    }
}
