using System.Globalization;
using Connectivity.Files;

namespace Connectivity.LocalPostgres;

/// <summary>
/// The folder <c>postgres</c> in the data directory: <c>data</c> is the cluster, <c>password</c> its password,
/// <c>log</c> its log, <c>connectivity.conf</c> its settings, and the socket is beside them. All of it belongs to the
/// user that PostgreSQL runs as.
/// </summary>
internal sealed record ClusterDirectory(string DataDirectory)
{
    public string Path { get; } = System.IO.Path.Combine(DataDirectory, "postgres");

    /// <summary>The cluster itself. It gets this name only when it is complete, and is never deleted.</summary>
    public string Data => System.IO.Path.Combine(Path, DataName);

    public string LogDirectory => System.IO.Path.Combine(Path, "log");

    public const string DataName = "data";

    public static ClusterDirectory In(string dataDirectory)
    {
        var absolute = System.IO.Path.GetFullPath(dataDirectory);
        if (!Directory.Exists(absolute)) Create(absolute);
        return new ClusterDirectory(absolute);
    }

    /// <summary>Returns the major version that wrote the cluster; null if there is no cluster.</summary>
    public int? Major()
    {
        var file = System.IO.Path.Combine(Data, "PG_VERSION");
        if (File.Exists(file) && int.TryParse(File.ReadAllText(file), CultureInfo.InvariantCulture, out var major))
            return major;
        if (!Directory.Exists(Data)) return null;
        throw new LocalPostgresException(
            $"{Data} is not a PostgreSQL cluster: it has no readable PG_VERSION. Nothing was changed in it. " +
            "Move it away to start with an empty cluster, or put the data of a backup there.");
    }

    public bool IsComplete => Directory.Exists(Data);

    /// <summary>
    /// Creates the missing folders, and makes the user that PostgreSQL runs as the owner of these two, but of nothing
    /// in them.
    /// </summary>
    public void Prepare(PostgresUser? user)
    {
        foreach (var folder in new[] { Path, LogDirectory })
        {
            if (!Directory.Exists(folder)) PrivateFiles.CreateDirectory(folder);
            if (user is not null) Ownership.Give(folder, user);
        }
    }

    private static void Create(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        // Started by root, PostgreSQL runs as another user, which must reach the folder below regardless of the umask.
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess) return;
        var mode = File.GetUnixFileMode(dataDirectory);
        File.SetUnixFileMode(dataDirectory, mode | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }
}
