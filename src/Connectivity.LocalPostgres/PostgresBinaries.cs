using System.Globalization;
using System.Text.RegularExpressions;

namespace Connectivity.LocalPostgres;

/// <summary>An installed PostgreSQL of a supported version.</summary>
internal sealed partial record PostgresBinaries(string Directory, int Major)
{
    /// <summary>The oldest supported major version.</summary>
    public const int Oldest = 14;

    public string InitDb => Program(Directory, "initdb");
    public string PgCtl => Program(Directory, "pg_ctl");
    public string Postgres => Program(Directory, "postgres");

    /// <summary>
    /// Finds the programs of the major version that wrote the cluster; without a cluster those on the PATH, or else the
    /// newest. A configured directory is the only one searched.
    /// </summary>
    public static async Task<PostgresBinaries> FindAsync(string? configured, int? clusterMajor, CancellationToken ct)
    {
        if (configured is not null && !HasPrograms(configured))
            throw new LocalPostgresException(
                $"The configured directory {configured} does not contain PostgreSQL's programs initdb, pg_ctl and " +
                "postgres. Correct that setting, or remove it to search the usual directories.");

        // One after the other until one fits, because each check starts a process.
        var unfit = new List<PostgresBinaries>();
        foreach (var directory in configured is null ? InstallationDirectories.All().Where(HasPrograms) : [configured])
        {
            if (await VersionAsync(directory, ct) is not { } major) continue;
            var binaries = new PostgresBinaries(directory, major);
            if (major >= Oldest && (clusterMajor ?? major) == major) return binaries;
            unfit.Add(binaries);
        }

        if (unfit.Count == 0)
            throw new LocalPostgresException(
                "No PostgreSQL was found on this machine, and no connection string is configured.\n" + Solutions);
        if (unfit.All(binaries => binaries.Major < Oldest))
            throw new LocalPostgresException(
                $"PostgreSQL {Named(unfit)} is too old: {Oldest} or newer is required.\n" + Solutions);
        throw new LocalPostgresException(
            $"The data was written by PostgreSQL {clusterMajor}, and this machine has PostgreSQL {Named(unfit)}, " +
            $"which cannot read it. The data is unchanged. Either install PostgreSQL {clusterMajor} beside it; or " +
            $"migrate the data with pg_upgrade, or with pg_dump of version {clusterMajor} and pg_restore; or choose " +
            "another data directory with the setting `Connectivity__DataDirectory`.");
    }

    private static string Solutions => $"""
        Either install PostgreSQL {Oldest} or newer
            (Debian, Ubuntu: apt install postgresql; macOS: brew install postgresql@17;
            Windows: winget install PostgreSQL.PostgreSQL.17),
        or use your own database: set ConnectionStrings__Connectivity,
        or run Connectivity and its database in containers: docker compose up
        """;

    private static string Named(IEnumerable<PostgresBinaries> several) =>
        string.Join(", ", several.Select(binaries => $"{binaries.Major} ({binaries.Directory})"));

    private static bool HasPrograms(string directory) =>
        new[] { "initdb", "pg_ctl", "postgres" }.All(name => File.Exists(Program(directory, name)));

    private static string Program(string directory, string name) =>
        Path.Combine(directory, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private static async Task<int?> VersionAsync(string directory, CancellationToken ct)
    {
        var result = await new PostgresCommand(Program(directory, "postgres"), "--version")
            .RunAsync(directory, user: null, ct);
        return VersionLine().Match(result.Output) is { Success: true } line
            ? int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture)
            : null;
    }

    [GeneratedRegex(@"\(PostgreSQL\) (\d+)")]
    private static partial Regex VersionLine();
}
