namespace Connectivity.LocalPostgres;

/// <summary>The programs by which root runs another as some user. Which of them a machine has differs.</summary>
internal sealed record SwitchUser(string Path)
{
    private static readonly string[] UsualPlaces = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"];

    /// <summary>In the order of preference: setpriv becomes the program, without a session of its own or a process in between.</summary>
    public static readonly string[] Names = ["setpriv", "runuser", "su"];

    public static SwitchUser Find() => Installed().FirstOrDefault() ?? throw new LocalPostgresException(
        "PostgreSQL does not run as root, and none of setpriv, runuser and su is here to run it as another user. Install one of them " +
        "(package util-linux), or run Connectivity as another user than root.");

    public static IEnumerable<SwitchUser> Installed() =>
        from name in Names
        from place in UsualPlaces
        let path = System.IO.Path.Combine(place, name)
        where File.Exists(path) && !(name == "setpriv" && IsBusyBox(path))
        select new SwitchUser(path);

    public (string Program, string[] Arguments) Run(PostgresUser user, string program, string[] arguments) =>
        System.IO.Path.GetFileName(Path) switch
        {
            "setpriv" => (Path, [$"--reuid={user.UserId}", $"--regid={user.GroupId}", "--clear-groups", "--", program, .. arguments]),
            "runuser" => (Path, ["-u", user.Name, "--", program, .. arguments]),
            // The shell is named because nobody's is `nologin`.
            _ => (Path, ["-s", "/bin/sh", "-c", "exec " + string.Join(' ', arguments.Prepend(program).Select(Quoted)), user.Name]),
        };

    /// <summary>BusyBox's setpriv cannot change the user.</summary>
    private static bool IsBusyBox(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.Name.Contains("busybox", StringComparison.Ordinal) ?? false;

    private static string Quoted(string argument) => "'" + argument.Replace("'", """'\''""") + "'";
}
