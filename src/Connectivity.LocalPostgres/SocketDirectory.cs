using System.Text;
using Connectivity.Files;

namespace Connectivity.LocalPostgres;

/// <summary>
/// The directory of the socket: the cluster's own folder, or, if that path is too long for a socket, a private folder
/// in the temporary directory. Commands find it in postmaster.pid.
/// </summary>
internal static class SocketDirectory
{
    /// <summary>No socket: PostgreSQL listens on loopback.</summary>
    public const string None = "";

    private const string TemporaryPrefix = "connectivity-socket-";

    /// <summary>Bytes of the longest socket path: the kernel's field without the terminating zero.</summary>
    private static readonly int MaximumPathLength = OperatingSystem.IsLinux() ? 107 : 103;

    public static string For(ClusterDirectory directory, PostgresUser? user)
    {
        if (OperatingSystem.IsWindows()) return None;
        if (Fits(directory.Path)) return directory.Path;

        // Root's TMPDIR may be inaccessible to the user that PostgreSQL runs as; /tmp is not.
        var name = TemporaryPrefix + Path.GetRandomFileName();
        var directoryPath = user is null && Fits(Path.GetTempPath() + name)
            ? Path.GetTempPath() + name
            : "/tmp/" + name;
        if (Directory.Exists(directoryPath)) throw new IOException($"{directoryPath} exists already.");
        PrivateFiles.CreateDirectory(directoryPath);
        if (user is not null) Ownership.Give(directoryPath, user);
        return directoryPath;
    }

    /// <summary>
    /// Removes the remains of a server that is gone: its socket and the socket's lock file, whose process id may now
    /// belong to another process; and the folder itself, if <see cref="For"/> created it in the temporary directory.
    /// </summary>
    public static void Clean(string socketDirectory)
    {
        if (socketDirectory == None || !Directory.Exists(socketDirectory)) return;
        foreach (var file in Directory.EnumerateFiles(socketDirectory, ".s.PGSQL.*")) File.Delete(file);
        if (Path.GetFileName(socketDirectory).StartsWith(TemporaryPrefix, StringComparison.Ordinal))
            Directory.Delete(socketDirectory);
    }

    /// <summary>Npgsql reads a comma in a path as several hosts, and a colon as a port.</summary>
    private static bool Fits(string directory) =>
        Encoding.UTF8.GetByteCount(Path.Combine(directory, ".s.PGSQL.5432")) <= MaximumPathLength
        && directory.AsSpan().IndexOfAny(",:\"'\\;\n") < 0;
}
