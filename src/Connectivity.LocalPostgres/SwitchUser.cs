namespace Connectivity.LocalPostgres;

/// <summary>
/// A program with which root runs another program as a given user. Machines differ in which of them they have.
/// </summary>
internal sealed record SwitchUser(string Path)
{
    private static readonly string[] UsualDirectories = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin"];

    /// <summary>
    /// In the order of preference: setpriv executes the program in place, without a new session or a process in
    /// between.
    /// </summary>
    public static readonly string[] Names = ["setpriv", "runuser", "su"];

    public static SwitchUser Find() => Installed().FirstOrDefault() ?? throw new LocalPostgresException(
        "PostgreSQL does not run as root, and none of setpriv, runuser and su is installed to run it as another " +
        "user. Install one of them (package util-linux), or run Connectivity as another user than root.");

    public static IEnumerable<SwitchUser> Installed() =>
        from name in Names
        from directory in UsualDirectories
        let path = System.IO.Path.Combine(directory, name)
        where File.Exists(path) && !(name == "setpriv" && IsBusyBox(path))
        select new SwitchUser(path);

    public (string Program, string[] Arguments) Run(PostgresUser user, string program, string[] arguments) =>
        System.IO.Path.GetFileName(Path) switch
        {
            "setpriv" => (
                Path,
                [$"--reuid={user.UserId}", $"--regid={user.GroupId}", "--clear-groups", "--", program, .. arguments]),
            "runuser" => (Path, ["-u", user.Name, "--", program, .. arguments]),
            // The shell is set because the shell of the user `nobody` is `nologin`.
            _ => (Path, ["-s", "/bin/sh", "-c", ShellCommand(program, arguments), user.Name]),
        };

    /// <summary>BusyBox's setpriv cannot change the user.</summary>
    private static bool IsBusyBox(string path) =>
        File.ResolveLinkTarget(path, returnFinalTarget: true)?.Name
            .Contains("busybox", StringComparison.Ordinal) ?? false;

    private static string ShellCommand(string program, string[] arguments) =>
        "exec " + string.Join(' ', arguments.Prepend(program).Select(Quoted));

    private static string Quoted(string argument) => "'" + argument.Replace("'", """'\''""") + "'";
}
