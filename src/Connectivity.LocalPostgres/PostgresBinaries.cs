using System.Globalization;
using System.Text.RegularExpressions;

namespace Connectivity.LocalPostgres;

/// <summary>An installed PostgreSQL of a version that can be used.</summary>
internal sealed partial record PostgresBinaries(string Directory, int Major)
{
    /// <summary>The oldest major version that can be used.</summary>
    public const int Oldest = 14;

    public string InitDb => Program(Directory, "initdb");
    public string PgCtl => Program(Directory, "pg_ctl");
    public string Postgres => Program(Directory, "postgres");

    /// <summary>
    /// Where a cluster exists, the programs of the major version that wrote it; else those on the PATH, else the newest.
    /// A directory that is configured is the only one looked at.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(string? configured, int? clusterMajor, CancellationToken ct)
    {
        if (configured is not null && !IsHere(configured))
            throw new LocalPostgresException(
                $"The configured directory {configured} does not hold PostgreSQL's programs initdb, pg_ctl and postgres. Correct " +
                "that setting, or remove it to have them looked for.");

        // Asked one after the other, only until one fits: each costs a process.
        var unfit = new List<PostgresBinaries>();
        foreach (var directory in configured is null ? PostgresPlaces.All().Where(IsHere) : [configured])
        {
            if (await VersionAsync(directory, ct) is not { } major) continue;
            var binaries = new PostgresBinaries(directory, major);
            if (major >= Oldest && (clusterMajor ?? major) == major) return binaries;
            unfit.Add(binaries);
        }

        if (unfit.Count == 0)
            throw new LocalPostgresException("No PostgreSQL was found on this machine, and no connection string is configured.\n" + WaysOut);
        if (unfit.All(binaries => binaries.Major < Oldest))
            throw new LocalPostgresException($"PostgreSQL {Named(unfit)} is too old: {Oldest} or newer is needed.\n" + WaysOut);
        throw new LocalPostgresException(
            $"The data was written by PostgreSQL {clusterMajor}, and this machine has PostgreSQL {Named(unfit)}, which cannot read it. " +
            $"The data is untouched. Either install PostgreSQL {clusterMajor} beside it; or carry the data over with pg_upgrade, or with pg_dump " +
            $"of version {clusterMajor} and pg_restore; or choose another data directory with the setting `Connectivity__DataDirectory`.");
    }

    private static string WaysOut => $"""
        Either install PostgreSQL {Oldest} or newer
            (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql@17; Windows: winget install PostgreSQL.PostgreSQL.17),
        or name a database of your own: set ConnectionStrings__Connectivity,
        or run Connectivity and its database in containers: docker compose up
        """;

    private static string Named(IEnumerable<PostgresBinaries> several) =>
        string.Join(", ", several.Select(binaries => $"{binaries.Major} ({binaries.Directory})"));

    private static bool IsHere(string directory) =>
        new[] { "initdb", "pg_ctl", "postgres" }.All(name => File.Exists(Program(directory, name)));

    private static string Program(string directory, string name) =>
        Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static async Task<int?> VersionAsync(string directory, CancellationToken ct)
    {
        var told = await new PostgresCommand(Program(directory, "postgres"), "--version").RunAsync(directory, user: null, ct);
        return VersionLine().Match(told.Output) is { Success: true } line
            ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionLine();
}
