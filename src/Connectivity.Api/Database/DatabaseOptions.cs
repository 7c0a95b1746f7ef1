namespace Connectivity.Api.Database;

/// <summary>Where data is kept: settings of the section <c>Connectivity</c>.</summary>
public sealed class DatabaseOptions
{
    /// <summary>Where the host, and the local PostgreSQL, keep their data; relative to the directory the command was typed in.</summary>
    public string DataDirectory { get; init; } = ".data";

    /// <summary>Where <c>initdb</c> and <c>postgres</c> are; looked for in the usual places if not set.</summary>
    public string? PostgresBinDirectory { get; init; }
}
