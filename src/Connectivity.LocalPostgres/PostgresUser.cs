using System.Globalization;

namespace Connectivity.LocalPostgres;

/// <summary>The user PostgreSQL runs as where this process is root, as whom PostgreSQL refuses to run.</summary>
internal sealed record PostgresUser(string Name, uint UserId, uint GroupId)
{
    /// <summary>
    /// The owner of the folder where there is one, else <c>postgres</c>, else <c>nobody</c>; null where this process is not root.
    /// </summary>
    public static async Task<PostgresUser?> ForAsync(ClusterDirectory directory, CancellationToken ct)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess) return null;

        string?[] candidates = [await OwnerAsync(directory.Path, ct), "postgres", "nobody"];
        foreach (var candidate in candidates.OfType<string>())
            if (await NumberAsync("-u", candidate, ct) is { } userId and not 0 && await NumberAsync("-g", candidate, ct) is { } groupId)
                return new PostgresUser(candidate, userId, groupId);
        throw new LocalPostgresException(
            "PostgreSQL does not run as root, and this machine has neither a user `postgres` nor a user `nobody` to run it as. Run " +
            "Connectivity as another user than root, or set `ConnectionStrings__Connectivity`.");
    }

    /// <summary>The command line that runs a program as this user.</summary>
    public (string Program, string[] Arguments) Run(string program, string[] arguments) => SwitchUser.Find().Run(this, program, arguments);

    /// <summary>A path that this user cannot get to is named down to the component that stands in the way.</summary>
    public async Task EnsureReachesAsync(string[] paths, CancellationToken ct)
    {
        // Asked of the system as that user: mode bits alone miss access control lists and mounts.
        const string firstClosed = """for each; do [ -x "$each" ] || { printf '%s' "$each"; exit 1; }; done""";
        var components = paths.SelectMany(path => Components(path)).Distinct().ToArray();
        var asked = await new PostgresCommand("/bin/sh", ["-c", firstClosed, "sh", .. components]).RunAsync("/", this, ct);
        if (asked.ExitCode == 0) return;
        if (!components.Contains(asked.Output))
            throw new LocalPostgresException(
                $"PostgreSQL does not run as root, and this process could not run it as the user {Name}: {asked.Output}");
        var unreached = paths.First(path => Components(path).Contains(asked.Output));
        throw new LocalPostgresException(
            $"PostgreSQL runs as the user {Name}, because this process is root, and that user cannot get to {unreached}: {asked.Output} is closed " +
            $"to it. Open that directory with `chmod a+x {asked.Output}`, or choose another data directory with the setting " +
            "`Connectivity__DataDirectory`, or run Connectivity as another user than root.");
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
        var listed = await new PostgresCommand("ls", "-nd", path).RunAsync("/", user: null, ct);
        var number = listed.Output.Split(' ', StringSplitOptions.RemoveEmptyEntries).ElementAtOrDefault(2);
        if (listed.ExitCode != 0 || number is null or "0") return null;
        var named = await new PostgresCommand("id", "-un", number).RunAsync("/", user: null, ct);
        return named.ExitCode == 0 ? named.Output : number;
    }

    private static async Task<uint?> NumberAsync(string option, string name, CancellationToken ct)
    {
        var asked = await new PostgresCommand("id", option, name).RunAsync("/", user: null, ct);
        return asked.ExitCode == 0 && uint.TryParse(asked.Output, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
