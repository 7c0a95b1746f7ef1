namespace Connectivity.LocalPostgres;

/// <summary>Where the private PostgreSQL keeps its data and where its programs are.</summary>
/// <param name="DataDirectory">
/// The data directory of Connectivity; PostgreSQL uses the folder <c>postgres</c> in it. Created if it is missing.
/// </param>
/// <param name="BinDirectory">
/// Where <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> are; null searches the usual directories.
/// </param>
public sealed record LocalPostgresOptions(string DataDirectory, string? BinDirectory = null);
