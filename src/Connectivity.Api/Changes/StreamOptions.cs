namespace Connectivity.Api.Changes;

/// <summary>Open change streams: settings of the section <c>Connectivity:Streams</c>.</summary>
public sealed class StreamOptions
{
    /// <summary>Of all principals of an account, on a host: 1 to 10,000.</summary>
    public int PerAccount { get; init; } = 100;

    /// <summary>Of one principal, on a host: 1 to 10,000.</summary>
    public int PerPrincipal { get; init; } = 10;

    /// <summary>Returns every error of the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (PerAccount is < 1 or > 10_000) yield return "Connectivity:Streams:PerAccount must be 1 to 10000";
        if (PerPrincipal is < 1 or > 10_000) yield return "Connectivity:Streams:PerPrincipal must be 1 to 10000";
    }
}
