namespace Connectivity.Api.Database;

/// <summary>Where data is stored: settings of the section <c>Connectivity</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>The data directory of the host and the local PostgreSQL; relative to the working directory.</summary>
    public string DataDirectory { get; init; } = ".data";

    /// <summary>
    /// The directory of <c>initdb</c> and <c>postgres</c>; if not set, the usual places are searched.
    /// </summary>
    public string? PostgresBinDirectory { get; init; }
}
