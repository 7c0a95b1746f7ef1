namespace Connectivity.Api.Ingest;

/// <summary>Lifecycle events over HTTP: settings of the section <c>Connectivity:Ingest</c>.</summary>
public sealed class IngestOptions
{
    /// <summary>Events of one request: 1 to 100,000. Each takes some 50 bytes until it is answered.</summary>
    public int MaximumEvents { get; init; } = 10_000;

    /// <summary>Returns every error of the settings.</summary>
    public IEnumerable<string> Validate()
    {
        if (MaximumEvents is < 1 or > 100_000)
            yield return "Connectivity:Ingest:MaximumEvents must be 1 to 100000";
    }
}
