using System.Globalization;

namespace Connectivity.LocalPostgres;

/// <summary>
/// The user that PostgreSQL runs as if this process is root, because PostgreSQL refuses to run as root.
/// </summary>
internal sealed record PostgresUser(string Name, uint UserId, uint GroupId)
{
    /// <summary>
    /// Returns the owner of the folder if it exists, else <c>postgres</c>, else <c>nobody</c>; null if this process is
    /// not root.
    /// </summary>
    public static async Task<PostgresUser?> ForAsync(ClusterDirectory directory, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess) return null;

        string?[] candidates = [await OwnerAsync(directory.Path, ct), "postgres", "nobody"];
        foreach (var candidate in candidates.OfType<string>())
            if (await NumberAsync("-u", candidate, ct) is { } userId and not 0
                && await NumberAsync("-g", candidate, ct) is { } groupId)
                return new PostgresUser(candidate, userId, groupId);
        throw new LocalPostgresException(
            "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor a user `nobody` to " +
            "run it as. Run Connectivity as another user than root, or set `ConnectionStrings__Connectivity`.");
    }

    /// <summary>Returns the command line that runs a program as this user.</summary>
    public (string Program, string[] Arguments) Run(string program, string[] arguments) =>
        SwitchUser.Find().Run(this, program, arguments);

    /// <summary>Checks that this user can reach the paths.</summary>
    public async Task EnsureReachesAsync(string[] paths, CancellationToken ct)
    {
        // Checked as that user, because mode bits alone miss access control lists and mounts.
        const string firstClosed = """for each; do [ -x "$each" ] || { printf '%s' "$each"; exit 1; }; done""";
        var components = paths.SelectMany(path => Components(path)).Distinct().ToArray();
        var check = await new PostgresCommand("/bin/sh", ["-c", firstClosed, "sh", .. components])
            .RunAsync("/", this, ct);
        if (check.ExitCode == 0) return;
        if (!components.Contains(check.Output))
            throw new LocalPostgresException(
                "PostgreSQL does not run as root, and this process could not run it as the user " +
                $"{Name}: {check.Output}");
        var unreached = paths.First(path => Components(path).Contains(check.Output));
        throw new LocalPostgresException(
            $"PostgreSQL runs as the user {Name}, because this process is root, and that user cannot reach " +
            $"{unreached}: {check.Output} is closed to it. Open that directory with `chmod a+x {check.Output}`, or " +
            "choose another data directory with the setting `Connectivity__DataDirectory`, or run Connectivity as " +
            "another user than root.");
    }

    private static IEnumerable<string> Components(string path)
    {
        if (Path.GetDirectoryName(path) is { } parent)
            foreach (var component in Components(parent)) yield return component;
        yield return path;
    }

    private static async Task<string?> OwnerAsync(string path, CancellationToken ct)
    {
        if (!Directory.Exists(path)) return null;
        var listing = await new PostgresCommand("ls", "-nd", path).RunAsync("/", user: null, ct);
        var number = listing.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2);
        if (listing.ExitCode != 0 || number is null or "0") return null;
        var name = await new PostgresCommand("id", "-un", number).RunAsync("/", user: null, ct);
        return name.ExitCode == 0 ? name.Output : number;
    }

    private static async Task<uint?> NumberAsync(string option, string name, CancellationToken ct)
    {
        var id = await new PostgresCommand("id", option, name).RunAsync("/", user: null, ct);
        return id.ExitCode == 0 && uint.TryParse(id.Output, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }
}
