namespace Connectivity.LocalPostgres;

/// <summary>
/// The directories with PostgreSQL's programs: those on the PATH, then those of packages, newest first.
/// </summary>
internal static class InstallationDirectories
{
    public static IEnumerable<string> All() =>
        OnPath().Concat(Patterns().SelectMany(Matching).OrderByDescending(MajorInPath)).Distinct();

    private static IEnumerable<string> OnPath() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified);

    /// <summary>Each contains exactly one `*`.</summary>
    private static string[] Patterns() =>
        OperatingSystem.IsWindows() ?
        [
            Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles) + @"\PostgreSQL\*\bin",
        ]
        : OperatingSystem.IsMacOS() ?
        [
            "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
            "/Applications/Postgres.app/Contents/Versions/*/bin",
            "/Library/PostgreSQL/*/bin",
        ]
        : ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*", "/usr/local/pgsql*/bin"];

    private static IEnumerable<string> Matching(string pattern)
    {
        var before = pattern[..pattern.IndexOf('*')];
        var parent = Path.GetDirectoryName(before)!;
        var name = pattern[(parent.Length + 1)..].Split('/', '\\')[0];
        var rest = pattern[(parent.Length + 1 + name.Length)..].TrimStart('/', '\\');
        return Directory.Exists(parent)
            ? Directory.EnumerateDirectories(parent, name).Select(found => Path.Combine(found, rest))
            : [];
    }

    private static int MajorInPath(string path)
    {
        var digits = new string([.. path.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(digits, out var major) ? major : 0;
    }
}
