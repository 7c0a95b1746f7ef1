using System.Text;

namespace Connectivity.LocalPostgres;

/// <summary>
/// Where the socket lies: in the cluster's own folder, or, where that path is too long for a socket, in a private folder of the
/// temporary directory. PostgreSQL itself tells commands which, in postmaster.pid.
/// </summary>
internal static class SocketDirectory
{
    /// <summary>Stands for no socket: PostgreSQL listens on loopback.</summary>
    public const string None = "";

    private const string TemporaryPrefix = "connectivity-socket-";

    /// <summary>Bytes that a socket's whole path may have: the kernel's field, less its closing zero.</summary>
    private static readonly int LongestPath = OperatingSystem.IsLinux() ? 107 : 103;

    public static string For(ClusterDirectory directory, PostgresUser? user)
    {
        if (OperatingSystem.IsWindows()) return None;
        if (Fits(directory.Path)) return directory.Path;

        // Root's TMPDIR may be closed to the user PostgreSQL runs as; /tmp is not.
        var name = TemporaryPrefix + Path.GetRandomFileName();
        var made = user is null && Fits(Path.GetTempPath() + name) ? Path.GetTempPath() + name : "/tmp/" + name;
        if (Directory.Exists(made)) throw new IOException($"{made} exists already.");
        Ownership.MakePrivateDirectory(made);
        if (user is not null) Ownership.Give(made, user);
        return made;
    }

    /// <summary>
    /// Removes what a server that is gone left: its socket and the socket's lock file, which holds a process number that may by now
    /// belong to another; and the folder itself, where <see cref="For"/> made it in the temporary directory.
    /// </summary>
    public static void Clean(string socketDirectory)
    {
        if (socketDirectory == None || !Directory.Exists(socketDirectory)) return;
        foreach (var left in Directory.EnumerateFiles(socketDirectory, ".s.PGSQL.*")) File.Delete(left);
        if (Path.GetFileName(socketDirectory).StartsWith(TemporaryPrefix, StringComparison.Ordinal)) Directory.Delete(socketDirectory);
    }

    /// <summary>A comma or a colon in a path means several servers or a port to Npgsql.</summary>
    private static bool Fits(string directory) =>
        Encoding.UTF8.GetByteCount(Path.Combine(directory, ".s.PGSQL.5432")) <= LongestPath
        && directory.AsSpan().IndexOfAny(",:\"'\\;\n") < 0;
}
